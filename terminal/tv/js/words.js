// What the page itself says. Chinese and English; the marks of a warning, and that there is no sound, also in Tibetan and Uyghur.
(function (X) {
  "use strict";
  X.words = {
    zh: {
      pair: "请在广播站页面输入此码", pairHow: "打开“喇叭”页，输入八位数字，或用手机扫码。十分钟内有效。", waiting: "正在连接广播站…", noWs: "广播站没有开放电视端口：请设置 broker_ws_port",
      next: "下一个节目", today: "节目预告", none: "暂无节目安排", offline: "线路中断，节目照常", emergency: "紧急通知", drill: "演练", drillNote: "这是演练，不是真实警报", allClear: "警报解除",
      notice: "通知", noSound: "请按遥控器上的“确定”键", noSoundWhy: "浏览器要先按一下才肯出声。现在没有声音！", red: "红色预警", orange: "橙色预警", yellow: "黄色预警", blue: "蓝色预警", muted: "静音", mutedWhy: "只有紧急通知会出声", volume: "音量", village: "村庄", terminal: "终端", line: "线路", up: "正常", down: "中断", clock: "时钟误差", stored: "已存节目",
      refusedPair: "广播站拒绝了配对", revoked: "本终端已停用", keys: "上下键调音量 · 静音键 · 确定键看状态 · 左右键换语言 · 返回键关闭", silent: "没有声音", memory: "浏览器不保存数据：断电后须重新配对",
    },
    en: {
      pair: "Type this code on the station's page", pairHow: "Open “Speakers”, type the eight digits, or scan with a phone. Good for ten minutes.", waiting: "Looking for the station…",
      noWs: "The station has no door for televisions: set broker_ws_port", next: "Next programme", today: "Coming up", none: "Nothing planned yet",
      offline: "No line; the plan goes on", emergency: "Emergency", drill: "Drill", drillNote: "This is a drill, not a real alarm", allClear: "All clear", notice: "Notice",
      noSound: "Press OK on the remote control", noSoundWhy: "The browser gives no sound before a key is pressed. There is no sound now!",
      red: "Red", orange: "Orange", yellow: "Yellow", blue: "Blue", muted: "Muted", mutedWhy: "only emergencies are heard", volume: "Volume", village: "Village", terminal: "Terminal", line: "Line", up: "up", down: "down", clock: "Clock error", stored: "Stored",
      refusedPair: "The station refused the pairing", revoked: "This terminal is out of service", keys: "Up/down: volume · Mute · OK: status · left/right: language · Back: close", silent: "no sound",
      memory: "This browser keeps nothing: pair again after a power cut",
    },
    bo: { emergency: "ཛ་དྲག་བརྡ་ཐོ།", drill: "སྦྱོང་བརྡར།", notice: "བརྡ་ཐོ།", red: "དམར་པོ།", orange: "ལི་ཝང་།", yellow: "སེར་པོ།", blue: "སྔོན་པོ།", noSound: "OK གནོན་རོགས།", muted: "སྒྲ་མེད།" },
    ug: { emergency: "جىددىي ئۇقتۇرۇش", drill: "مانېۋىر", notice: "ئۇقتۇرۇش", red: "قىزىل", orange: "قىزغۇچ سېرىق", yellow: "سېرىق", blue: "كۆك", noSound: "OK نى بېسىڭ", muted: "ئاۋازسىز" },
  };
})((self.Xiangyin = self.Xiangyin || {}));
