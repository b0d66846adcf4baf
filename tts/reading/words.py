"""Words beside what dictionaries leave out or read wrongly: usual readings of village notices, and words for the tones at their edges."""

from __future__ import annotations

from tts.reading.table import listed, table

WORDS = table("""长大 zhang3 da4 | 行长 hang2 zhang3 | 村长 cun1 zhang3 | 校长 xiao4 zhang3 | 组长 zu3 zhang3 | 队长 dui4 zhang3
站长 zhan4 zhang3 | 所长 suo3 zhang3 | 镇长 zhen4 zhang3 | 乡长 xiang1 zhang3 | 楼长 lou2 zhang3 | 河长 he2 zhang3
林长 lin2 zhang3 | 河长制 he2 zhang3 zhi4 | 林长制 lin2 zhang3 zhi4 | 长势 zhang3 shi4 | 场长 chang3 zhang3 | 涨水 zhang3 shui3
降雨 jiang4 yu3 | 降温 jiang4 wen1 | 为了 wei4 le5 | 还要 hai2 yao4 | 还有 hai2 you3 | 到了 dao4 le5 | 大家 da4 jia1
调研 diao4 yan2 | 还田 huan2 tian2 | 还林 huan2 lin2 | 还草 huan2 cao3 | 还湿 huan2 shi1 | 退耕还林 tui4 geng1 huan2 lin2
退田还湖 tui4 tian2 huan2 hu2 | 还贷 huan2 dai4 | 还清 huan2 qing1 | 还款 huan2 kuan3 | 种地 zhong4 di4 | 播种 bo1 zhong3
玉米种 yu4 mi3 zhong3 | 稻种 dao4 zhong3 | 麦种 mai4 zhong3 | 种粮 zhong4 liang2 | 种菜 zhong4 cai4 | 种树 zhong4 shu4
种田 zhong4 tian2 | 种植 zhong4 zhi2 | 种苗 zhong3 miao2 | 种猪 zhong3 zhu1 | 种羊 zhong3 yang2 | 种牛 zhong3 niu2
种薯 zhong3 shu3 | 种畜 zhong3 chu4 | 种禽 zhong3 qin2 | 育种 yu4 zhong3 | 良种 liang2 zhong3 | 制种 zhi4 zhong3
拌种 ban4 zhong3 | 选种 xuan3 zhong3 | 留种 liu2 zhong3 | 浸种 jin4 zhong3 | 抢种 qiang3 zhong4 | 补种 bu3 zhong4
套种 tao4 zhong4 | 复种 fu4 zhong4 | 轮种 lun2 zhong4 | 改种 gai3 zhong4 | 春种 chun1 zhong4 | 耕种 geng1 zhong4
栽种 zai1 zhong4 | 配种 pei4 zhong3 | 撂荒 liao4 huang1 | 间苗 jian4 miao2 | 间作 jian4 zuo4 | 间种 jian4 zhong4 | 行距 hang2 ju4
晒场 shai4 chang2 | 打谷场 da3 gu3 chang2 | 场院 chang2 yuan4 | 打场 da3 chang2 | 扬场 yang2 chang2 | 赶场 gan3 chang2
禾场 he2 chang2 | 圩日 xu1 ri4 | 赶圩 gan3 xu1 | 圩堤 wei2 di1 | 圩田 wei2 tian2 | 圩区 wei2 qu1 | 圈舍 juan4 she4
猪圈 zhu1 juan4 | 羊圈 yang2 juan4 | 牛圈 niu2 juan4 | 圈养 juan4 yang3 | 鸡圈 ji1 juan4 | 畜牧 xu4 mu4 | 畜禽 chu4 qin2
牲畜 sheng1 chu4 | 家畜 jia1 chu4 | 畜力 chu4 li4 | 畜舍 chu4 she4 | 畜产 xu4 chan3 | 畜养 xu4 yang3 | 散养 san3 yang3
散户 san3 hu4 | 散煤 san3 mei2 | 散装 san3 zhuang1 | 秸秆 jie1 gan3 | 麦秆 mai4 gan3 | 麦秸 mai4 jie1 | 抽穗 chou1 sui4
分蘖 fen1 nie4 | 返青 fan3 qing1 | 灌浆 guan4 jiang1 | 墒情 shang1 qing2 | 撒施 sa3 shi1 | 撒播 sa3 bo1 | 喷药 pen1 yao4
喷灌 pen1 guan4 | 滴灌 di1 guan4 | 沤肥 ou4 fei2 | 薄膜 bo2 mo2 | 地膜 di4 mo2 | 水分 shui3 fen4 | 养分 yang3 fen4 | 肥力 fei2 li4
积分 ji1 fen1 | 镢头 jue2 tou5 | 耙地 ba4 di4 | 耙子 pa2 zi5 | 芒种 mang2 zhong4 | 惊蛰 jing1 zhe2 | 处暑 chu3 shu3 | 谷雨 gu3 yu3
数九 shu3 jiu3 | 数伏 shu3 fu2 | 正月 zheng1 yue4 | 重阳 chong2 yang2 | 腊月 la4 yue4 | 晌午 shang3 wu5 | 献血 xian4 xue4
血压 xue4 ya1 | 量血压 liang2 xue4 ya1 | 量体温 liang2 ti3 wen1 | 测量 ce4 liang2 | 丈量 zhang4 liang2 | 供水 gong1 shui3
供电 gong1 dian4 | 供暖 gong1 nuan3 | 供气 gong1 qi4 | 供给 gong1 ji3 | 供销社 gong1 xiao1 she4 | 供养 gong1 yang3
给水 ji3 shui3 | 补给 bu3 ji3 | 给予 ji3 yu3 | 自给 zi4 ji3 | 发放 fa1 fang4 | 理发 li3 fa4 | 发证 fa1 zheng4 | 应届 ying1 jie4
应当 ying1 dang1 | 应急 ying4 ji2 | 应征 ying4 zheng1 | 响应 xiang3 ying4 | 供应 gong1 ying4 | 应对 ying4 dui4 | 处理 chu3 li3
处罚 chu3 fa2 | 处分 chu3 fen4 | 办事处 ban4 shi4 chu4 | 居委会 ju1 wei3 hui4 | 到处 dao4 chu4 | 调解 tiao2 jie3
调整 tiao2 zheng3 | 调度 diao4 du4 | 调查 diao4 cha2 | 调运 diao4 yun4 | 抽调 chou1 diao4 | 调价 tiao2 jia4 | 调剂 tiao2 ji4
调水 diao4 shui3 | 强制 qiang2 zhi4 | 强迫 qiang3 po4 | 勉强 mian3 qiang3 | 教书 jiao1 shu1 | 流转 liu2 zhuan3 | 转让 zhuan3 rang4
挨家挨户 ai1 jia1 ai1 hu4 | 背篓 bei1 lou3 | 扒手 pa2 shou3 | 干旱 gan1 han4 | 烘干 hong1 gan1 | 晒干 shai4 gan1 | 包干 bao1 gan1
骨干 gu3 gan4 | 干劲 gan4 jin4 | 打折 da3 zhe2 | 存折 cun2 zhe2 | 一折通 yi1 zhe2 tong1 | 折本 she2 ben3 | 的士 di1 shi4
目的 mu4 di4 | 的确 di2 que4 | 重新 chong2 xin1 | 重建 chong2 jian4 | 重修 chong2 xiu1 | 重播 chong2 bo1 | 重复 chong2 fu4
载重 zai4 zhong4 | 超载 chao1 zai4 | 记载 ji4 zai3 | 效率 xiao4 lv4 | 率先 shuai4 xian1 | 落实 luo4 shi2 | 落户 luo4 hu4
模样 mu2 yang4 | 模具 mu2 ju4 | 模板 mu2 ban3 | 磨坊 mo4 fang2 | 石磨 shi2 mo4 | 磨面 mo4 mian4 | 铺路 pu1 lu4 | 铺设 pu1 she4
店铺 dian4 pu4 | 酒曲 jiu3 qu1 | 堵塞 du3 se4 | 阻塞 zu3 se4 | 校舍 xiao4 she4 | 农舍 nong2 she4 | 宿舍 su4 she4
挑选 tiao1 xuan3 | 挑水 tiao1 shui3 | 扁担 bian3 dan5 | 担水 dan1 shui3 | 因为 yin1 wei4 | 为民 wei4 min2 | 为您 wei4 nin2
为大家 wei4 da4 jia1 | 为人民 wei4 ren2 min2 | 为村民 wei4 cun1 min2 | 为群众 wei4 qun2 zhong4 | 为老人 wei4 lao3 ren2
作为 zuo4 wei2 | 成为 cheng2 wei2 | 分为 fen1 wei2 | 定为 ding4 wei2 | 振兴 zhen4 xing1 | 兴修 xing1 xiu1 | 兴建 xing1 jian4
要求 yao1 qiu2 | 头晕 tou2 yun1 | 晕车 yun4 che1 | 心脏 xin1 zang4 | 择菜 zhai2 cai4 | 扎实 zha1 shi5 | 包扎 bao1 za1
占地 zhan4 di4 | 着火 zhao2 huo3 | 着急 zhao2 ji2 | 着凉 zhao2 liang2 | 着手 zhuo2 shou3 | 着力 zhuo2 li4 | 中标 zhong4 biao1
中奖 zhong4 jiang3 | 中暑 zhong4 shu3 | 中毒 zhong4 du2 | 中风 zhong4 feng1 | 中签 zhong4 qian1 | 作坊 zuo1 fang5 | 炸药 zha4 yao4
油炸 you2 zha2 | 粘贴 zhan1 tie1 | 粘土 nian2 tu3 | 粘虫 nian2 chong2 | 症状 zheng4 zhuang4 | 养殖 yang3 zhi2 | 繁殖 fan2 zhi2
钻井 zuan1 jing3 | 打井 da3 jing3 | 爪子 zhua3 zi5 | 倒伏 dao3 fu2 | 倒春寒 dao4 chun1 han2 | 倒灌 dao4 guan4 | 倒塌 dao3 ta1
倒车 dao4 che1 | 泥泞 ni2 ning4 | 塌方 ta1 fang1 | 蓄水 xu4 shui3 | 泄洪 xie4 hong2 | 决堤 jue2 di1 | 冰雹 bing1 bao2
雾凇 wu4 song1 | 霜冻 shuang1 dong4 | 冻害 dong4 hai4 | 龙卷风 long2 juan3 feng1 | 卷心菜 juan3 xin1 cai4 | 涝渍 lao4 zi4
角色 jue2 se4 | 剥皮 bao1 pi2 | 削皮 xiao1 pi2 | 剥削 bo1 xue1 | 削减 xue1 jian3 | 参差 cen1 ci1 | 差旅 chai1 lv3
出差 chu1 chai1 | 差额 cha1 e2 | 误差 wu4 cha1 | 差错 cha1 cuo4 | 温差 wen1 cha1 | 称职 chen4 zhi2 | 对称 dui4 chen4
称重 cheng1 zhong4 | 过秤 guo4 cheng4 | 传单 chuan2 dan1 | 传记 zhuan4 ji4 | 创伤 chuang1 shang1 | 伺候 ci4 hou5 | 提防 di1 fang5
恶心 e3 xin5 | 可恶 ke3 wu4 | 供桌 gong4 zhuo1 | 勾当 gou4 dang4 | 横祸 heng4 huo4 | 蛮横 man2 heng4 | 几乎 ji1 hu1
系鞋带 ji4 xie2 dai4 | 系安全带 ji4 an1 quan2 dai4 | 联系 lian2 xi4 | 系好 ji4 hao3 | 夹袄 jia2 ao3 | 假期 jia4 qi1
请假 qing3 jia4 | 间隔 jian4 ge2 | 间断 jian4 duan4 | 监利 jian4 li4 | 结实 jie1 shi5 | 结果 jie2 guo3 | 禁不住 jin1 bu5 zhu4
尽管 jin3 guan3 | 尽快 jin3 kuai4 | 尽早 jin3 zao3 | 尽量 jin3 liang4 | 劲旅 jing4 lv3 | 卡壳 qia3 ke2 | 关卡 guan1 qia3
看守 kan1 shou3 | 看护 kan1 hu4 | 看家 kan1 jia1 | 看管 kan1 guan3 | 空白 kong4 bai2 | 空闲 kong4 xian2 | 空置 kong1 zhi4
抽空 chou1 kong4 | 空心村 kong1 xin1 cun1 | 累计 lei3 ji4 | 积累 ji1 lei3 | 劳累 lao2 lei4 | 连累 lian2 lei5 | 量力 liang4 li4
淋湿 lin2 shi1 | 笼罩 long3 zhao4 | 露面 lou4 mian4 | 露天 lu4 tian1 | 露水 lu4 shui5 | 蒙古包 meng3 gu3 bao1 | 蒙骗 meng1 pian4
难民 nan4 min2 | 灾难 zai1 nan4 | 宁可 ning4 ke3 | 片区 pian4 qu1 | 漂白 piao3 bai2 | 漂亮 piao4 liang5 | 迫击炮 pai3 ji1 pao4
便宜 pian2 yi5 | 稽首 qi3 shou3 | 翘首 qiao2 shou3 | 亲家 qing4 jia5 | 曲酒 qu1 jiu3 | 丧事 sang1 shi4 | 丧失 sang4 shi1
厦房 sha4 fang2 | 少先队 shao4 xian1 dui4 | 老少 lao3 shao4 | 少儿 shao4 er2 | 省亲 xing3 qin1 | 什锦 shi2 jin3 | 识字 shi2 zi4
拾遗 shi2 yi2 | 属实 shu3 shi2 | 数钱 shu3 qian2 | 数数 shu3 shu4 | 数据 shu4 ju4 | 遂意 sui4 yi4 | 半身不遂 ban4 shen1 bu4 sui2
拓片 ta4 pian4 | 开拓 kai1 tuo4 | 吐血 tu4 xue4 | 委蛇 wei1 yi2 | 鲜见 xian3 jian4 | 相片 xiang4 pian4 | 相亲 xiang1 qin1
巷道 hang4 dao4 | 巷子 xiang4 zi5 | 兴奋 xing1 fen4 | 吁请 yu4 qing3 | 呼吁 hu1 yu4 | 与会 yu4 hui4 | 参与 can1 yu4
钥匙 yao4 shi5 | 应聘 ying4 pin4 | 予以 yu3 yi3 | 晕倒 yun1 dao3 | 载入 zai3 ru4 | 札记 zha2 ji4 | 症结 zheng1 jie2
正在 zheng4 zai4 | 中肯 zhong4 ken3 | 转速 zhuan4 su4 | 转圈 zhuan4 quan1 | 仔细 zi3 xi4 | 仔猪 zi3 zhu1 | 仔畜 zi3 chu4
鸡仔 ji1 zai3 | 牛仔 niu2 zai3 | 幺 yao1 | 下载 xia4 zai4 | 柏树 bai3 shu4 | 柏油 bai3 you2 | 蚌壳 bang4 ke2 | 薄荷 bo4 he5
绿豆 lv4 dou4 | 芥菜 jie4 cai4 | 芥蓝 jie4 lan2 | 茄子 qie2 zi5 | 荨麻疹 xun2 ma2 zhen3 | 荸荠 bi2 qi2 | 荠菜 ji4 cai4
莴笋 wo1 sun3 | 茭白 jiao1 bai2 | 蔓延 man4 yan2 | 瓜蔓 gua1 wan4 | 压蔓 ya1 wan4 | 豇豆 jiang1 dou4 | 黍子 shu3 zi5
藏红花 zang4 hong2 hua1 | 川芎 chuan1 xiong1 | 一场雨 yi1 chang2 yu3 | 一场雪 yi1 chang2 xue3 | 场次 chang3 ci4 | 当年 dang1 nian2
当地 dang1 di4 | 妥当 tuo3 dang4 | 上当 shang4 dang4 | 恰当 qia4 dang4 | 当作 dang4 zuo4 | 的话 de5 hua4 | 田地 tian2 di4
不得了 bu4 de2 liao3 | 了解 liao3 jie3 | 受不了 shou4 bu5 liao3 | 务必 wu4 bi4 | 喝彩 he4 cai3 | 乡亲们 xiang1 qin1 men5
父老 fu4 lao3 | 哄骗 hong3 pian4 | 起哄 qi3 hong4 | 一哄而散 yi1 hong4 er2 san4 | 泡沫 pao4 mo4 | 曝光 bao4 guang1
暴晒 bao4 shai4 | 会计 kuai4 ji4 | 供品 gong4 pin3 | 行业 hang2 ye4 | 倔强 jue2 jiang4 | 人参 ren2 shen1 | 暖和 nuan3 huo5
落枕 lao4 zhen3 | 朝霞 zhao1 xia2 | 朝气 zhao1 qi4 | 朝夕 zhao1 xi1 | 朝晖 zhao1 hui1 | 朝露 zhao1 lu4 | 分内 fen4 nei4
份内 fen4 nei4 | 分外 fen4 wai4 | 分量 fen4 liang4 | 本分 ben3 fen4 | 缘分 yuan2 fen4 | 成分 cheng2 fen4 | 充分 chong1 fen4
过分 guo4 fen4 | 身份 shen1 fen4 | 禽畜 qin2 chu4 | 种畜场 zhong3 chu4 chang3 | 畜牧业 xu4 mu4 ye4 | 畜牧站 xu4 mu4 zhan4
耕畜 geng1 chu4 | 役畜 yi4 chu4 | 幼畜 you4 chu4 | 母畜 mu3 chu4 | 落差 luo4 cha1 | 高差 gao1 cha1 | 补差 bu3 cha1
方差 fang1 cha1 | 时差 shi2 cha1 | 逆差 ni4 cha1 | 顺差 shun4 cha1 | 价差 jia4 cha1 | 偏差 pian1 cha1 | 质朴 zhi4 pu3
朴素 pu3 su4 | 朴实 pu3 shi2 | 简朴 jian3 pu3 | 俭朴 jian3 pu3 | 淳朴 chun2 pu3 | 纯朴 chun2 pu3 | 古朴 gu3 pu3 | 催吐 cui1 tu4
呕吐 ou3 tu4 | 谈吐 tan2 tu3 | 吐露 tu3 lu4 | 吞吐 tun1 tu3 | 运转 yun4 zhuan3 | 周转 zhou1 zhuan3 | 好转 hao3 zhuan3
转变 zhuan3 bian4 | 转移 zhuan3 yi2 | 转账 zhuan3 zhang4 | 转发 zhuan3 fa1 | 转动 zhuan4 dong4 | 转椅 zhuan4 yi3 | 打转 da3 zhuan4
空转 kong1 zhuan4 | 自转 zi4 zhuan4 | 公转 gong1 zhuan4 | 边长 bian1 chang2 | 周长 zhou1 chang2 | 率部 shuai4 bu4
率队 shuai4 dui4 | 率团 shuai4 tuan2 | 率领 shuai4 ling3 | 草率 cao3 shuai4 | 坦率 tan3 shuai4 | 表率 biao3 shuai4 | 利率 li4 lv4
税率 shui4 lv4 | 合格率 he2 ge2 lv4 | 覆盖率 fu4 gai4 lv4 | 成活率 cheng2 huo2 lv4 | 出勤率 chu1 qin2 lv4 | 概率 gai4 lv4
汇率 hui4 lv4 | 增长率 zeng1 zhang3 lv4 | 死亡率 si3 wang2 lv4 | 书吧 shu1 ba1 | 酒吧 jiu3 ba1 | 网吧 wang3 ba1
埃塞俄比亚 ai1 sai4 e2 bi3 ya4 | 要塞 yao4 sai4 | 边塞 bian1 sai4 | 塞车 sai1 che1 | 瓶塞 ping2 sai1
交通堵塞 jiao1 tong1 du3 se4 | 变更 bian4 geng1 | 更正 geng1 zheng4 | 更换 geng1 huan4 | 更新 geng1 xin1 | 更改 geng1 gai3
更名 geng1 ming2 | 打更 da3 geng1 | 三更 san1 geng1 | 五更 wu3 geng1 | 协调 xie2 tiao2 | 失调 shi1 tiao2 | 空调 kong1 tiao2
风调雨顺 feng1 tiao2 yu3 shun4 | 调皮 tiao2 pi2 | 调味 tiao2 wei4 | 调料 tiao2 liao4 | 调配 diao4 pei4 | 调动 diao4 dong4
调离 diao4 li2 | 调任 diao4 ren4 | 调换 diao4 huan4 | 调拨 diao4 bo1 | 调令 diao4 ling4 | 外调 wai4 diao4 | 借调 jie4 diao4
音调 yin1 diao4 | 强调 qiang2 diao4 | 腔调 qiang1 diao4 | 好战 hao4 zhan4 | 好奇 hao4 qi2 | 好客 hao4 ke4 | 好学 hao4 xue2
爱好 ai4 hao4 | 喜好 xi3 hao4 | 嗜好 shi4 hao4 | 尽心 jin4 xin1 | 尽力 jin4 li4 | 尽职 jin4 zhi2 | 尽头 jin4 tou2 | 尽责 jin4 ze2
尽孝 jin4 xiao4 | 尽可能 jin3 ke3 neng2 | 尽先 jin3 xian1 | 尽义务 jin4 yi4 wu4 | 尽到 jin4 dao4 | 珍藏 zhen1 cang2
储藏 chu3 cang2 | 冷藏 leng3 cang2 | 收藏 shou1 cang2 | 贮藏 zhu4 cang2 | 埋藏 mai2 cang2 | 宝藏 bao3 zang4 | 矿藏 kuang4 cang2
西藏 xi1 zang4 | 藏族 zang4 zu2 | 藏历 zang4 li4 | 青藏 qing1 zang4 | 藏獒 zang4 ao2 | 藏医 zang4 yi1 | 藏药 zang4 yao4
藏语 zang4 yu3 | 藏北 zang4 bei3 | 藏南 zang4 nan2 | 躲藏 duo3 cang2 | 隐藏 yin3 cang2 | 窝藏 wo1 cang2 | 相机 xiang4 ji1
照相 zhao4 xiang4 | 真相 zhen1 xiang4 | 长相 zhang3 xiang4 | 相貌 xiang4 mao4 | 相册 xiang4 ce4 | 亮相 liang4 xiang4
相继 xiang1 ji4 | 脏话 zang1 hua4 | 肮脏 ang1 zang1 | 脏水 zang1 shui3 | 脏乱差 zang1 luan4 cha4 | 内脏 nei4 zang4
肝脏 gan1 zang4 | 肾脏 shen4 zang4 | 脾脏 pi2 zang4 | 脏器 zang4 qi4 | 自传 zi4 zhuan4 | 传染 chuan2 ran3 | 宣传 xuan1 chuan2
水浒传 shui3 hu3 zhuan4 | 传略 zhuan4 lve4 | 列传 lie4 zhuan4 | 舰只 jian4 zhi1 | 船只 chuan2 zhi1 | 还原 huan2 yuan2
还本 huan2 ben3 | 还债 huan2 zhai4 | 还钱 huan2 qian2 | 还给 huan2 gei3 | 还乡 huan2 xiang1 | 归还 gui1 huan2 | 偿还 chang2 huan2
退还 tui4 huan2 | 返还 fan3 huan2 | 生还 sheng1 huan2 | 交还 jiao1 huan2 | 还价 huan2 jia4 | 还礼 huan2 li3 | 还愿 huan2 yuan4
还手 huan2 shou3 | 还是 hai2 shi4 | 还没 hai2 mei2 | 还能 hai2 neng2 | 还会 hai2 hui4 | 划船 hua2 chuan2 | 划算 hua2 suan4
计划 ji4 hua4 | 规划 gui1 hua4 | 划分 hua4 fen1 | 划定 hua4 ding4 | 划拨 hua4 bo1 | 划线 hua4 xian4 | 划界 hua4 jie4
鸡笼 ji1 long2 | 灯笼 deng1 long5 | 笼子 long2 zi5 | 骄横 jiao1 heng4 | 横幅 heng2 fu2 | 蛮不讲理 man2 bu4 jiang3 li3
春卷 chun1 juan3 | 试卷 shi4 juan4 | 问卷 wen4 juan4 | 答卷 da2 juan4 | 胶卷 jiao1 juan3 | 花卷 hua1 juan3 | 卷款 juan3 kuan3
卷宗 juan4 zong1 | 案卷 an4 juan4 | 卷柏 juan3 bai3 | 柏木 bai3 mu4 | 松柏 song1 bai3 | 侧柏 ce4 bai3 | 古柏 gu3 bai3
处境 chu3 jing3 | 处于 chu3 yu2 | 处置 chu3 zhi4 | 处方 chu3 fang1 | 处决 chu3 jue2 | 处事 chu3 shi4 | 相处 xiang1 chu3
惩处 cheng2 chu3 | 查处 cha2 chu3 | 论处 lun4 chu3
难处 nan2 chu5 | 益处 yi4 chu4 | 住处 zhu4 chu4 | 处长 chu4 zhang3 | 处级 chu4 ji2 | 教务处 jiao4 wu4 chu4
售票处 shou4 piao4 chu4 | 报名处 bao4 ming2 chu4 | 登记处 deng1 ji4 chu4 | 信访处 xin4 fang3 chu4 | 收费处 shou1 fei4 chu4
接待处 jie1 dai4 chu4 | 问讯处 wen4 xun4 chu4 | 银行卡 yin2 hang2 ka3 | 央行 yang1 hang2 | 农行 nong2 hang2 | 行情 hang2 qing2
行当 hang2 dang5 | 行家 hang2 jia5 | 改行 gai3 hang2 | 各行各业 ge4 hang2 ge4 ye4 | 株行距 zhu1 hang2 ju4 | 举行 ju3 xing2
施行 shi1 xing2 | 品行 pin3 xing2 | 树行子 shu4 hang4 zi5 | 头发 tou2 fa5 | 毛发 mao2 fa4 | 理发店 li3 fa4 dian4 | 染发 ran3 fa4
白发 bai2 fa4 | 假发 jia3 fa4 | 发型 fa4 xing2 | 发廊 fa4 lang2 | 放假 fang4 jia4 | 假日 jia4 ri4 | 休假 xiu1 jia4
病假 bing4 jia4 | 事假 shi4 jia4 | 暑假 shu3 jia4 | 寒假 han2 jia4 | 产假 chan3 jia4 | 假药 jia3 yao4 | 打假 da3 jia3
假币 jia3 bi4 | 假种子 jia3 zhong3 zi5 | 假冒 jia3 mao4 | 空房 kong1 fang2 | 空隙 kong4 xi4 | 空缺 kong4 que1
填空 tian2 kong4 | 空余 kong4 yu2 | 亏空 kui1 kong5 | 空军 kong1 jun1 | 高空 gao1 kong1 | 避难 bi4 nan4 | 遇难 yu4 nan4
落难 luo4 nan4 | 患难 huan4 nan4 | 逃难 tao2 nan4 | 救难 jiu4 nan4 | 抢险救难 qiang3 xian3 jiu4 nan4 | 责难 ze2 nan4
遭难 zao1 nan4 | 罹难 li2 nan4 | 殉难 xun4 nan4 | 散步 san4 bu4 | 疏散 shu1 san4 | 散会 san4 hui4 | 分散 fen1 san4
解散 jie3 san4 | 扩散 kuo4 san4 | 散落 san4 luo4 | 松散 song1 san3 | 零散 ling2 san3 | 懒散 lan3 san3 | 散文 san3 wen2
散工 san3 gong1 | 闲散 xian2 san3 | 冲突 chong1 tu1 | 冲床 chong4 chuang2 | 冲垮 chong1 kua3 | 冲毁 chong1 hui3 | 数落 shu3 luo5
无数 wu2 shu4 | 岁数 sui4 shu5 | 人数 ren2 shu4 | 户数 hu4 shu4 | 数量 shu4 liang4 | 基数 ji1 shu4 | 数一数二 shu3 yi1 shu3 er4
数不清 shu3 bu5 qing1 | 倒数 dao4 shu3 | 掉色 diao4 shai3 | 色子 shai3 zi5 | 削弱 xue1 ruo4 | 剥离 bo1 li2
削苹果 xiao1 ping2 guo3 | 刀削面 dao1 xiao1 mian4 | 剥花生 bao1 hua1 sheng1 | 剥玉米 bao1 yu4 mi3 | 剥毛豆 bao1 mao2 dou4
剥落 bo1 luo4 | 盘剥 pan2 bo1 | 生肖 sheng1 xiao4 | 模子 mu2 zi5 | 模式 mo2 shi4 | 规模 gui1 mo2 | 模型 mo2 xing2 | 模范 mo2 fan4
劳模 lao2 mo2 | 装模作样 zhuang1 mu2 zuo4 yang4 | 一模一样 yi1 mu2 yi1 yang4 | 磨盘 mo4 pan2 | 磨刀 mo2 dao1 | 推磨 tui1 mo4
磨练 mo2 lian4 | 水磨 shui3 mo4 | 磨豆腐 mo4 dou4 fu5 | 豆腐坊 dou4 fu5 fang2 | 油坊 you2 fang2 | 染坊 ran3 fang2
粉坊 fen3 fang2 | 酒坊 jiu3 fang2 | 牌坊 pai2 fang1 | 街坊 jie1 fang5 | 和面 huo2 mian4 | 和泥 huo2 ni2 | 和药 huo4 yao4
搅和 jiao3 huo5 | 掺和 chan1 huo5 | 热和 re4 huo5 | 软和 ruan3 huo5 | 附和 fu4 he4 | 唱和 chang4 he4 | 曲高和寡 qu3 gao1 he4 gua3
挨打 ai2 da3 | 挨饿 ai2 e4 | 挨骂 ai2 ma4 | 挨冻 ai2 dong4 | 挨着 ai1 zhe5 | 挨近 ai1 jin4 | 拗口 ao4 kou3 | 执拗 zhi2 niu4
扒皮 ba1 pi2 | 扒鸡 pa2 ji1 | 扒窃 pa2 qie4 | 把子 ba3 zi5 | 刀把 dao1 ba4 | 堡垒 bao3 lei3 | 碉堡 diao1 bao3 | 背包 bei1 bao1
背带 bei1 dai4 | 背黑锅 bei1 hei1 guo1 | 背景 bei4 jing3 | 违背 wei2 bei4 | 背诵 bei4 song4 | 奔波 ben1 bo1 | 投奔 tou2 ben4
奔头 ben4 tou5 | 憋屈 bie1 qu5 | 别扭 bie4 niu5 | 屏障 ping2 zhang4 | 屏住 bing3 zhu4 | 菠菜 bo1 cai4 | 簸箕 bo4 ji5
颠簸 dian1 bo3 | 薄弱 bo2 ruo4 | 单薄 dan1 bo2 | 瘠薄 ji2 bo2 | 薄收 bo2 shou1 | 厚薄 hou4 bo2 | 海参 hai3 shen1
党参 dang3 shen1 | 丹参 dan1 shen1 | 西洋参 xi1 yang2 shen1 | 玄参 xuan2 shen1 | 参茸 shen1 rong2 | 参照 can1 zhao4
侧翻 ce4 fan1 | 刹车 sha1 che1 | 刹那 cha4 na4 | 拆迁 chai1 qian1 | 颤抖 chan4 dou3 | 打颤 da3 zhan4 | 场合 chang3 he2
广场舞 guang3 chang3 wu3 | 赛场 sai4 chang3 | 林场 lin2 chang3 | 农场 nong2 chang3 | 养殖场 yang3 zhi2 chang3 | 朝向 chao2 xiang4
朝天 chao2 tian1 | 朝鲜 chao2 xian3 | 称心 chen4 xin1 | 相称 xiang1 chen4 | 匀称 yun2 chen4 | 称呼 cheng1 hu5 | 澄清 cheng2 qing1
澄沙 deng4 sha1 | 乘车 cheng2 che1 | 吃力 chi1 li4 | 匙子 chi2 zi5 | 汤匙 tang1 chi2 | 重叠 chong2 die2 | 重申 chong2 shen1
重启 chong2 qi3 | 重阳节 chong2 yang2 jie2 | 重孙 chong2 sun1 | 双重 shuang1 chong2 | 重灾 zhong4 zai1 | 重症 zhong4 zheng4
臭氧 chou4 yang3 | 乳臭 ru3 xiu4 | 处女 chu3 nv3 | 揣着 chuai1 zhe5 | 创业 chuang4 ye4 | 绰号 chuo4 hao4 | 伺机 si4 ji1
攒钱 zan3 qian2 | 攒动 cuan2 dong4 | 答应 da1 ying5 | 答复 da2 fu4 | 大夫 dai4 fu5 | 待遇 dai4 yu4 | 待会儿 dai1 hui4 er2
单据 dan1 ju4 | 担保 dan1 bao3 | 担子 dan4 zi5 | 重担 zhong4 dan4 | 弹棉花 tan2 mian2 hua5 | 子弹 zi3 dan4 | 弹药 dan4 yao4
弹性 tan2 xing4 | 当铺 dang4 pu4 | 典当 dian3 dang4 | 适当 shi4 dang4 | 当心 dang1 xin1 | 担当 dan1 dang1 | 倒卖 dao3 mai4
倒闭 dao3 bi4 | 倒水 dao4 shui3 | 倒茶 dao4 cha2 | 倒垃圾 dao4 la1 ji1 | 倒退 dao4 tui4 | 倒计时 dao4 ji4 shi2 | 反倒 fan3 dao4
卧倒 wo4 dao3 | 病倒 bing4 dao3 | 打倒 da3 dao3 | 倒班 dao3 ban1 | 倒换 dao3 huan4 | 得当 de2 dang4 | 不得不 bu4 de2 bu4
提灌 ti2 guan4 | 斗争 dou4 zheng1 | 斗笠 dou3 li4 | 漏斗 lou4 dou3 | 北斗 bei3 dou3 | 烟斗 yan1 dou3 | 车斗 che1 dou3
挖斗 wa1 dou3 | 肚子 du4 zi5 | 猪肚 zhu1 du3 | 牛肚 niu2 du3 | 度过 du4 guo4 | 囤粮 tun2 liang2 | 囤积 tun2 ji1 | 粮囤 liang2 dun4
粮食囤 liang2 shi5 dun4 | 恶劣 e4 lie4 | 厌恶 yan4 wu4 | 憎恶 zeng1 wu4 | 恶化 e4 hua4 | 发酵 fa1 jiao4 | 酵母 jiao4 mu3
坊间 fang1 jian1 | 缝隙 feng4 xi4 | 裂缝 lie4 feng4 | 缝补 feng2 bu3 | 裁缝 cai2 feng5 | 门缝 men2 feng4 | 佛教 fo2 jiao4
果脯 guo3 fu3 | 胸脯 xiong1 pu2 | 干涸 gan1 he2 | 干枯 gan1 ku1 | 干事 gan4 shi5 | 树干 shu4 gan4 | 主干 zhu3 gan4
干线 gan4 xian4 | 干渠 gan4 qu2 | 干群 gan4 qun2 | 干活 gan4 huo2 | 干粮 gan1 liang2 | 干货 gan1 huo4 | 干草 gan1 cao3
干燥 gan1 zao4 | 杆菌 gan3 jun1 | 电线杆 dian4 xian4 gan1 | 旗杆 qi2 gan1 | 栏杆 lan2 gan1 | 电杆 dian4 gan1 | 枪杆 qiang1 gan3
杠杆 gang4 gan3 | 秤杆 cheng4 gan3 | 烟杆 yan1 gan3 | 稿秆 gao3 gan3 | 铁镐 tie3 gao3 | 十字镐 shi2 zi4 gao3 | 葛根 ge2 gen1
瓜葛 gua1 ge2 | 纠葛 jiu1 ge2 | 葛藤 ge2 teng2 | 葛粉 ge2 fen3 | 给力 gei3 li4 | 口供 kou3 gong4 | 招供 zhao1 gong4
供奉 gong4 feng4 | 上供 shang4 gong4 | 供暖季 gong1 nuan3 ji4 | 供求 gong1 qiu2 | 提供 ti2 gong1 | 供货 gong1 huo4
供热 gong1 re4 | 供血 gong1 xue4 | 骨头 gu3 tou5 | 骨碌 gu1 lu5 | 观光 guan1 guang1 | 道观 dao4 guan4 | 皇冠 huang2 guan1
树冠 shu4 guan1 | 冠军 guan4 jun1 | 冠名 guan4 ming2 | 冠心病 guan1 xin1 bing4 | 鸡冠 ji1 guan1 | 新冠 xin1 guan1 | 桧柏 gui4 bai3
哈欠 ha1 qian5 | 还击 huan2 ji1 | 号召 hao4 zhao4 | 呵护 he1 hu4 | 和睦 he2 mu4 | 荷花 he2 hua1 | 负荷 fu4 he4 | 电荷 dian4 he4
哄抢 hong1 qiang3 | 哄抬 hong1 tai2 | 虹吸 hong2 xi1 | 哗哗 hua1 hua1 | 喧哗 xuan1 hua2 | 晃动 huang4 dong4 | 晃眼 huang3 yan3
会稽 kuai4 ji1 | 财会 cai2 kuai4 | 混合 hun4 he2 | 混蛋 hun2 dan4 | 豁口 huo1 kou3 | 豁免 huo4 mian3 | 缉拿 ji1 na2
通缉 tong1 ji1 | 茶几 cha2 ji1 | 济南 ji3 nan2 | 救济 jiu4 ji4 | 经济 jing1 ji4 | 系泊 ji4 bo2 | 关系 guan1 xi4 | 体系 ti3 xi4
夹道 jia1 dao4 | 夹板 jia1 ban3 | 夹生 jia1 sheng1 | 假如 jia3 ru2 | 间接 jian4 jie1 | 间隙 jian4 xi4 | 离间 li2 jian4
车间 che1 jian1 | 房间 fang2 jian1 | 民间 min2 jian1 | 田间 tian2 jian1 | 监狱 jian1 yu4 | 国子监 guo2 zi3 jian4 | 太监 tai4 jian4
将近 jiang1 jin4 | 将领 jiang4 ling3 | 浆糊 jiang4 hu5 | 豆浆 dou4 jiang1 | 泥浆 ni2 jiang1 | 降低 jiang4 di1 | 降落 jiang4 luo4
降水 jiang4 shui3 | 降雪 jiang4 xue3 | 降伏 xiang2 fu2 | 投降 tou2 xiang2 | 降价 jiang4 jia4 | 降解 jiang4 jie3
霜降 shuang1 jiang4 | 角逐 jue2 zhu2 | 口角 kou3 jue2 | 主角 zhu3 jue2 | 配角 pei4 jue2 | 旦角 dan4 jue2 | 丑角 chou3 jue2
豆角 dou4 jiao3 | 角落 jiao3 luo4 | 羊角 yang2 jiao3 | 校对 jiao4 dui4 | 校准 jiao4 zhun3 | 校正 jiao4 zheng4 | 教唆 jiao4 suo1
请教 qing3 jiao4 | 教练 jiao4 lian4 | 睡觉 shui4 jiao4 | 午觉 wu3 jiao4 | 觉悟 jue2 wu4 | 自觉 zi4 jue2 | 节骨眼 jie1 gu5 yan3
结巴 jie1 ba5 | 开花结果 kai1 hua1 jie1 guo3 | 结籽 jie1 zi3 | 解元 jie4 yuan2 | 押解 ya1 jie4 | 解送 jie4 song4 | 劲头 jin4 tou2
强劲 qiang2 jing4 | 刚劲 gang1 jing4 | 苍劲 cang1 jing4 | 劲松 jing4 song1 | 使劲 shi3 jin4 | 禁止 jin4 zhi3 | 禁渔 jin4 yu2
不禁 bu4 jin1 | 情不自禁 qing2 bu4 zi4 jin1 | 弱不禁风 ruo4 bu4 jin1 feng1 | 咀嚼 ju3 jue2 | 嚼碎 jiao2 sui4 | 据说 ju4 shuo1
拮据 jie2 ju1 | 圈子 quan1 zi5 | 圆圈 yuan2 quan1 | 猪圈肥 zhu1 juan4 fei2 | 圈占 quan1 zhan4 | 圈地 quan1 di4
倔脾气 jue4 pi2 qi5 | 菌子 jun4 zi5 | 细菌 xi4 jun1 | 杀菌 sha1 jun1 | 龟裂 jun1 lie4 | 乌龟 wu1 gui1 | 卡车 ka3 che1
咳嗽 ke2 sou5 | 咯血 ka3 xie3 | 可汗 ke4 han2 | 壳子 ke2 zi5 | 地壳 di4 qiao4 | 外壳 wai4 ke2 | 蛋壳 dan4 ke2 | 稻壳 dao4 ke2
甲壳 jia3 qiao4 | 空心菜 kong1 xin1 cai4 | 垃圾 la1 ji1 | 丢三落四 diu1 san1 la4 si4 | 落下 luo4 xia4 | 落后 luo4 hou4
乐曲 yue4 qu3 | 音乐 yin1 yue4 | 快乐 kuai4 le4 | 声乐 sheng1 yue4 | 乐器 yue4 qi4 | 勒索 le4 suo3 | 勒紧 lei1 jin3
累赘 lei2 zhui4 | 硕果累累 shuo4 guo3 lei2 lei2 | 受累 shou4 lei4 | 擂台 lei4 tai2 | 自吹自擂 zi4 chui1 zi4 lei2 | 擂茶 lei2 cha2
棱角 leng2 jiao3 | 俩人 lia3 ren2 | 酒量 jiu3 liang4 | 量筒 liang2 tong3 | 量具 liang2 ju4 | 量杯 liang2 bei1 | 量化 liang4 hua4
淋巴 lin2 ba1 | 过淋 guo4 lin4 | 溜达 liu1 da5 | 溜冰 liu1 bing1 | 碌碡 liu4 zhou5 | 露出 lu4 chu1 | 露馅 lou4 xian4
露头 lou4 tou2 | 暴露 bao4 lu4 | 揭露 jie1 lu4 | 露宿 lu4 su4 | 住宿 zhu4 su4 | 星宿 xing1 xiu4 | 绿林 lu4 lin2 | 绿化 lv4 hua4
抹布 ma1 bu4 | 抹墙 mo4 qiang2 | 涂抹 tu2 mo3 | 埋怨 man2 yuan4 | 掩埋 yan3 mai2 | 脉络 mai4 luo4 | 含情脉脉 han2 qing2 mo4 mo4
闷热 men1 re4 | 闷气 men4 qi4 | 解闷 jie3 men4 | 沉闷 chen2 men4 | 蒙混 meng2 hun4 | 蒙蒙亮 meng1 meng1 liang4 | 泌尿 mi4 niao4
分泌 fen1 mi4 | 秘鲁 bi4 lu3 | 秘密 mi4 mi4 | 便秘 bian4 mi4 | 没收 mo4 shou1 | 淹没 yan1 mo4 | 沉没 chen2 mo4 | 出没 chu1 mo4
埋没 mai2 mo4 | 哪吒 ne2 zha1 | 难产 nan2 chan3 | 泥墙 ni4 qiang2 | 拘泥 ju1 ni4 | 宁愿 ning4 yuan4 | 宁静 ning2 jing4
弄堂 long4 tang2 | 里弄 li3 long4 | 疟疾 nve4 ji5 | 炮制 pao2 zhi4 | 炮弹 pao4 dan4 | 刨地 pao2 di4 | 刨花 bao4 hua1
刨子 bao4 zi5 | 胖乎乎 pang4 hu1 hu1 | 心宽体胖 xin1 kuan1 ti3 pan2 | 喷香 pen4 xiang1 | 劈柴 pi1 chai2 | 片子 pian4 zi5
骠马 biao1 ma3 | 漂流 piao1 liu2 | 漂洗 piao3 xi3 | 撇开 pie1 kai1 | 撇嘴 pie3 zui3 | 湖泊 hu2 po1 | 血泊 xue4 po1
停泊 ting2 bo2 | 水泊 shui3 po1 | 淡泊 dan4 bo2 | 铺盖 pu1 gai5 | 床铺 chuang2 pu4 | 铺面 pu4 mian4 | 商铺 shang1 pu4
旺铺 wang4 pu4 | 药铺 yao4 pu4 | 肉铺 rou4 pu4 | 铺张 pu1 zhang1 | 一曝十寒 yi1 pu4 shi2 han2 | 期年 ji1 nian2 | 奇数 ji1 shu4
奇怪 qi2 guai4 | 荨麻 qian2 ma2 | 强求 qiang3 qiu2 | 强词夺理 qiang3 ci2 duo2 li3 | 强嘴 jiang4 zui3 | 翘起 qiao4 qi3
切菜 qie1 cai4 | 切断 qie1 duan4 | 切实 qie4 shi2 | 密切 mi4 qie4 | 亲切 qin1 qie4 | 茄克 jia1 ke4 | 番茄 fan1 qie2
曲折 qu1 zhe2 | 弯曲 wan1 qu1 | 歌曲 ge1 qu3 | 戏曲 xi4 qu3 | 作曲 zuo4 qu3 | 大曲 da4 qu1 | 嚷嚷 rang1 rang5 | 撒谎 sa1 huang3
撒网 sa1 wang3 | 撒种 sa3 zhong3 | 撒肥 sa3 fei2 | 撒药 sa3 yao4 | 撒娇 sa1 jiao1 | 撒手 sa1 shou3 | 播撒 bo1 sa3 | 喷洒 pen1 sa3
塞子 sai1 zi5 | 丧葬 sang1 zang4 | 治丧 zhi4 sang1 | 丧命 sang4 ming4 | 奔丧 ben1 sang1 | 报丧 bao4 sang1 | 办丧事 ban4 sang1 shi4
煞车 sha1 che1 | 大厦 da4 sha4 | 杉木 sha1 mu4 | 杉树 shan1 shu4 | 水杉 shui3 shan1 | 扇风 shan1 feng1 | 扇子 shan4 zi5
稍息 shao4 xi1 | 少数 shao3 shu4 | 少年 shao4 nian2 | 少女 shao4 nv3 | 减少 jian3 shao3 | 折损 zhe2 sun3 | 折腾 zhe1 teng5
亏折 kui1 she2 | 骨折 gu3 zhe2 | 打折扣 da3 zhe2 kou4 | 舍弃 she3 qi4 | 施舍 shi1 she3 | 舍己 she3 ji3 | 猪舍 zhu1 she4
鸡舍 ji1 she4 | 房舍 fang2 she4 | 禽舍 qin2 she4 | 邻舍 lin2 she4 | 牛舍 niu2 she4 | 羊舍 yang2 she4 | 省心 sheng3 xin1
反省 fan3 xing3 | 省吃俭用 sheng3 chi1 jian3 yong4 | 盛饭 cheng2 fan4 | 盛会 sheng4 hui4 | 茂盛 mao4 sheng4 | 石头 shi2 tou5
似乎 si4 hu1 | 拾掇 shi2 duo5 | 熟人 shu2 ren2 | 熟透 shu2 tou4 | 属于 shu3 yu2 | 刷白 shua4 bai2 | 衰减 shuai1 jian3
遂心 sui4 xin1 | 缩水 suo1 shui3 | 踏实 ta1 shi5 | 踏青 ta4 qing1 | 拓宽 tuo4 kuan1 | 拓印 ta4 yin4 | 挑战 tiao3 zhan4
挑拨 tiao3 bo1 | 挑担 tiao1 dan4 | 挑刺 tiao1 ci4 | 挑食 tiao1 shi2 | 帖子 tie3 zi5 | 请帖 qing3 tie3 | 字帖 zi4 tie4
妥帖 tuo3 tie1 | 通红 tong1 hong2 | 同胞 tong2 bao1 | 胡同 hu2 tong4 | 吐司 tu3 si1 | 褪色 tui4 se4 | 褪去 tui4 qu4
瓦刀 wa4 dao1 | 圩子 wei2 zi5 | 尾巴 wei3 ba5 | 马尾 ma3 yi3 | 委员会 wei3 yuan2 hui4 | 瓦房 wa3 fang2 | 紫菀 zi3 wan3
洗涤 xi3 di2 | 鲜少 xian3 shao3 | 新鲜 xin1 xian1 | 屡见不鲜 lv3 jian4 bu4 xian1 | 吓唬 xia4 hu5 | 恐吓 kong3 he4 | 恫吓 dong4 he4
纤维 xian1 wei2 | 拉纤 la1 qian4 | 巷战 xiang4 zhan4 | 小巷 xiao3 xiang4 | 兴旺 xing1 wang4 | 高兴 gao1 xing4 | 兴趣 xing4 qu4
助兴 zhu4 xing4 | 兴办 xing1 ban4 | 兴起 xing1 qi3 | 时兴 shi2 xing1 | 新兴 xin1 xing1 | 复兴 fu4 xing1 | 兴农 xing1 nong2
兴村 xing1 cun1 | 兴隆 xing1 long2 | 吁吁 xu1 xu1 | 畜生 chu4 sheng5 | 旋转 xuan2 zhuan3 | 旋风 xuan4 feng1
血淋淋 xie3 lin2 lin2 | 血糖 xue4 tang2 | 血库 xue4 ku4 | 出血 chu1 xue4 | 流血 liu2 xue4 | 熏肉 xun1 rou4 | 压根 ya4 gen1
血压计 xue4 ya1 ji4 | 咽喉 yan1 hou2 | 吞咽 tun1 yan4 | 哽咽 geng3 ye4 | 燕麦 yan4 mai4 | 要挟 yao1 xie2 | 叶子 ye4 zi5
殷红 yan1 hong2 | 应允 ying1 yun3 | 应该 ying1 gai1 | 应用 ying4 yong4 | 应付 ying4 fu4 | 应战 ying4 zhan4 | 应邀 ying4 yao1
有求必应 you3 qiu2 bi4 ying4 | 佣金 yong4 jin1 | 雇佣 gu4 yong1 | 女佣 nv3 yong1 | 与其 yu3 qi2 | 参与者 can1 yu4 zhe3
给与 ji3 yu3 | 熨斗 yun4 dou3 | 晕船 yun4 chuan2 | 眩晕 xuan4 yun4 | 头昏眼晕 tou2 hun1 yan3 yun1 | 日晕 ri4 yun4 | 载人 zai4 ren2
装载 zhuang1 zai4 | 转载 zhuan3 zai3 | 连载 lian2 zai3 | 千载 qian1 zai3 | 登载 deng1 zai3 | 刊载 kan1 zai3 | 择优 ze2 you2
择席 zhai2 xi2 | 扎针 zha1 zhen1 | 扎根 zha1 gen1 | 挣扎 zheng1 zha2 | 结扎 jie2 za1 | 炸鸡 zha2 ji1 | 炸油条 zha2 you2 tiao2
爆炸 bao4 zha4 | 涨价 zhang3 jia4 | 涨幅 zhang3 fu2 | 高涨 gao1 zhang3 | 泡涨 pao4 zhang4 | 涨红 zhang4 hong2 | 上涨 shang4 zhang3
看涨 kan4 zhang3 | 着落 zhuo2 luo4 | 着想 zhuo2 xiang3 | 沉着 chen2 zhuo2 | 着装 zhuo2 zhuang1 | 附着 fu4 zhuo2 | 着迷 zhao2 mi2
睡着 shui4 zhao2 | 犯不着 fan4 bu5 zhao2 | 用不着 yong4 bu5 zhao2 | 挣钱 zheng4 qian2 | 挣脱 zheng4 tuo1
正月十五 zheng1 yue4 shi2 wu3 | 新正 xin1 zheng1 | 只身 zhi1 shen1 | 中意 zhong4 yi4 | 命中 ming4 zhong4 | 猜中 cai1 zhong4
中招 zhong4 zhao1 | 中邪 zhong4 xie2 | 种地户 zhong4 di4 hu4 | 种养 zhong4 yang3 | 种下 zhong4 xia4 | 种植户 zhong4 zhi2 hu4
种植业 zhong4 zhi2 ye4 | 种花 zhong4 hua1 | 种瓜 zhong4 gua1 | 种豆 zhong4 dou4 | 种痘 zhong4 dou4 | 种子 zhong3 zi5
种质 zhong3 zhi4 | 种源 zhong3 yuan2 | 种鸡 zhong3 ji1 | 种鸭 zhong3 ya1 | 种鱼 zhong3 yu2 | 种蛋 zhong3 dan4 | 树种 shu4 zhong3
菜种 cai4 zhong3 | 品种 pin3 zhong3 | 绝种 jue2 zhong3 | 苗种 miao2 zhong3 | 鱼种 yu2 zhong3 | 兵种 bing1 zhong3
接种 jie1 zhong4 | 扎堆 zha1 dui1 | 轧钢 zha2 gang1 | 轧棉 ya4 mian2 | 轧花 ya4 hua1 | 轧路机 ya4 lu4 ji1 | 榨油 zha4 you2
铡刀 zha2 dao1 | 占卜 zhan1 bu3 | 占用 zhan4 yong4 | 占道 zhan4 dao4 | 侵占 qin1 zhan4 | 召集 zhao4 ji2 | 召开 zhao4 kai1
爪牙 zhao3 ya2 | 鸡爪 ji1 zhua3 | 凤爪 feng4 zhua3 | 转盘 zhuan4 pan2 | 转悠 zhuan4 you5 | 赚头 zhuan4 tou5 | 幢幢 chuang2 chuang2
钻研 zuan1 yan2 | 钻石 zuan4 shi2 | 钻头 zuan4 tou2 | 钻孔 zuan1 kong3 | 钻探 zuan1 tan4 | 电钻 dian4 zuan4 | 打钻 da3 zuan4
撮合 cuo1 he2 | 琢磨 zuo2 mo5 | 雕琢 diao1 zhuo2 | 作料 zuo2 liao5 | 作揖 zuo1 yi1 | 工作服 gong1 zuo4 fu2 | 耕作 geng1 zuo4
农作物 nong2 zuo4 wu4 | 座谈 zuo4 tan2 | 柞树 zuo4 shu4 | 柞蚕 zuo4 can2 | 柞木 zuo4 mu4 | 蚕茧 can2 jian3 | 石臼 shi2 jiu4
碓窝 dui4 wo1 | 耩地 jiang3 di4 | 耖田 chao4 tian2 | 耘田 yun2 tian2 | 犁地 li2 di4 | 锄草 chu2 cao3 | 薅草 hao1 cao3
稗草 bai4 cao3 | 稗子 bai4 zi5 | 稻茬 dao4 cha2 | 麦茬 mai4 cha2 | 茬口 cha2 kou3 | 灭茬 mie4 cha2 | 换茬 huan4 cha2
条播 tiao2 bo1 | 点播 dian3 bo1 | 穴播 xue2 bo1 | 飞播 fei1 bo1 | 机耕 ji1 geng1 | 旋耕 xuan2 geng1 | 深耕 shen1 geng1
秧苗 yang1 miao2 | 插秧 cha1 yang1 | 育秧 yu4 yang1 | 扬花 yang2 hua1 | 蛀虫 zhu4 chong2 | 蚜虫 ya2 chong2 | 螟虫 ming2 chong2
稻飞虱 dao4 fei1 shi1 | 稻瘟 dao4 wen1 | 赤霉病 chi4 mei2 bing4 | 锈病 xiu4 bing4 | 纹枯病 wen2 ku1 bing4 | 猪瘟 zhu1 wen1
口蹄疫 kou3 ti2 yi4 | 禽流感 qin2 liu2 gan3 | 布病 bu4 bing4 | 包虫病 bao1 chong2 bing4 | 血吸虫 xue4 xi1 chong2 | 钉螺 ding1 luo2
疟原虫 nve4 yuan2 chong2 | 钻井队 zuan1 jing3 dui4 | 钻井平台 zuan1 jing3 ping2 tai2 | 曲酒厂 qu1 jiu3 chang3 | 姓名 xing4 ming2
名单 ming2 dan1 | 着实 zhuo2 shi2 | 捆扎 kun3 za1 | 显得 xian3 de5 | 变得 bian4 de5 | 觉得 jue2 de5 | 夺得 duo2 de2
重病 zhong4 bing4 | 重病户 zhong4 bing4 hu4 | 重伤 zhong4 shang1 | 重灾区 zhong4 zai1 qu1 | 重任 zhong4 ren4 | 重型 zhong4 xing2
重罚 zhong4 fa2 | 重奖 zhong4 jiang3 | 重残 zhong4 can2 | 重污染 zhong4 wu1 ran3 | 重活 zhong4 huo2 | 重物 zhong4 wu4
重压 zhong4 ya1 | 重返 chong2 fan3 | 重逢 chong2 feng2 | 重整 chong2 zheng3 | 重组 chong2 zu3 | 横财 heng4 cai2 | 横死 heng4 si3
专横 zhuan1 heng4 | 强横 qiang2 heng4 | 论语 lun2 yu3 | 塞责 se4 ze2 | 搪塞 tang2 se4 | 闭塞 bi4 se4 | 茅塞 mao2 se4
栓塞 shuan1 se4 | 省察 xing3 cha2 | 内省 nei4 xing3 | 省悟 xing3 wu4 | 纤夫 qian4 fu1 | 纤绳 qian4 sheng2 | 纤细 xian1 xi4
化纤 hua4 xian1 | 结果子 jie1 guo3 zi5 | 饮牲口 yin4 sheng1 kou5 | 反刍 fan3 chu2 | 倒嚼 dao3 jiao4 | 细嚼慢咽 xi4 jiao2 man4 yan4
咬文嚼字 yao3 wen2 jiao2 zi4 | 拓荒 tuo4 huang1 | 拓展 tuo4 zhan3 | 提溜 di1 liu5 | 佣人 yong1 ren2 | 庸医 yong1 yi1
翘尾巴 qiao4 wei3 ba5 | 连翘 lian2 qiao2 | 马尾松 ma3 wei3 song1 | 狗尾草 gou3 wei3 cao3 | 麦芒 mai4 mang2 | 光杆 guang1 gan3
单产 dan1 chan3 | 亩产 mu3 chan3 | 旱涝 han4 lao4 | 埋头 mai2 tou2 | 种粮大户 zhong4 liang2 da4 hu4 | 农药 nong2 yao4
喷洒农药 pen1 sa3 nong2 yao4 | 供肥 gong1 fei2 | 供种 gong1 zhong3 | 供苗 gong1 miao2 | 供港 gong1 gang3
还建房 huan2 jian4 fang2 | 还建 huan2 jian4 | 还迁 huan2 qian1 | 还耕 huan2 geng1 | 还绿 huan2 lv4 | 还湖 huan2 hu2
间伐 jian4 fa2 | 间套作 jian4 tao4 zuo4 | 夏种 xia4 zhong4 | 秋种 qiu1 zhong4 | 冬种 dong1 zhong4 | 混种 hun4 zhong4
种业 zhong3 ye4 | 下种 xia4 zhong3 | 铁匠 tie3 jiang5 | 木匠 mu4 jiang5 | 石匠 shi2 jiang5 | 瓦匠 wa3 jiang5 | 吆喝 yao1 he5
大喝 da4 he4 | 喝令 he4 ling4 | 喝止 he4 zhi3 | 当成 dang4 cheng2 | 当做 dang4 zuo4 | 当场 dang1 chang3 | 当选 dang1 xuan3
当前 dang1 qian2 | 当中 dang1 zhong1 | 当兵 dang1 bing1 | 为难 wei2 nan2 | 为止 wei2 zhi3 | 为首 wei2 shou3 | 为期 wei2 qi1
为主 wei2 zhu3 | 为限 wei2 xian4 | 为准 wei2 zhun3 | 为例 wei2 li4 | 为啥 wei4 sha2 | 为何 wei4 he2 | 为由 wei2 you2
为宜 wei2 yi2 | 为患 wei2 huan4 | 行为 xing2 wei2 | 人为 ren2 wei2 | 以为 yi3 wei2 | 认为 ren4 wei2 | 较为 jiao4 wei2
极为 ji2 wei2 | 更为 geng4 wei2 | 尤为 you2 wei2 | 最为 zui4 wei2 | 长辈 zhang3 bei4 | 长者 zhang3 zhe3 | 生长 sheng1 zhang3
增长 zeng1 zhang3 | 成长 cheng2 zhang3 | 助长 zhu4 zhang3 | 长期 chang2 qi1 | 长效 chang2 xiao4 | 长短 chang2 duan3
特长 te4 chang2 | 擅长 shan4 chang2 | 专长 zhuan1 chang2 | 长远 chang2 yuan3 | 长虫 chang2 chong5 | 长势喜人 zhang3 shi4 xi3 ren2
兄长 xiong1 zhang3 | 首长 shou3 zhang3 | 家长 jia1 zhang3 | 族长 zu2 zhang3 | 干净 gan1 jing4 | 干扰 gan1 rao3 | 干涉 gan1 she4
干预 gan1 yu4 | 晾干 liang4 gan1 | 风干 feng1 gan1 | 饼干 bing3 gan1 | 笋干 sun3 gan1 | 菜干 cai4 gan1 | 豆干 dou4 gan1
鱼干 yu2 gan1 | 若干 ruo4 gan1 | 主干道 zhu3 gan4 dao4 | 基干民兵 ji1 gan4 min2 bing1 | 苦干 ku3 gan4 | 实干 shi2 gan4
巧干 qiao3 gan4 | 大干 da4 gan4 | 干农活 gan4 nong2 huo2 | 干事业 gan4 shi4 ye4 | 能干 neng2 gan4 | 才干 cai2 gan4
空巢 kong1 chao2 | 空心砖 kong1 xin1 zhuan1 | 空当 kong4 dang1 | 空气 kong1 qi4 | 负担 fu4 dan1 | 担架 dan1 jia4
承担 cheng2 dan1 | 担忧 dan1 you1 | 切勿 qie4 wu4 | 切记 qie4 ji4 | 切莫 qie4 mo4 | 切忌 qie4 ji4 | 切割 qie1 ge1 | 切除 qie1 chu2
一刀切 yi1 dao1 qie1 | 创收 chuang4 shou1 | 创建 chuang4 jian4 | 创卫 chuang4 wei4 | 首创 shou3 chuang4 | 调处 tiao2 chu3
调休 tiao2 xiu1 | 调头 diao4 tou2 | 调档 diao4 dang4 | 调阅 diao4 yue4 | 调集 diao4 ji2 | 调蓄 tiao2 xu4 | 调控 tiao2 kong4
调试 tiao2 shi4 | 调理 tiao2 li3 | 调养 tiao2 yang3 | 微调 wei1 tiao2
背井离乡 bei4 jing3 li2 xiang1 | 背阴 bei4 yin1 | 后背 hou4 bei4 | 挨个 ai1 ge4 | 挨家 ai1 jia1 | 磨损 mo2 sun3 | 折磨 zhe2 mo2
电磨 dian4 mo4 | 磨坊主 mo4 fang2 zhu3 | 结对 jie2 dui4 | 结构 jie2 gou4 | 结账 jie2 zhang4 | 结算 jie2 suan4 | 结婚 jie2 hun1
屯粮 tun2 liang2 | 着眼 zhuo2 yan3 | 着重 zhuo2 zhong4 | 着陆 zhuo2 lu4 | 着慌 zhao2 huang1 | 执着 zhi2 zhuo2 | 累积 lei3 ji1
拖累 tuo1 lei3 | 牵累 qian1 lei3 | 日积月累 ri4 ji1 yue4 lei3 | 了结 liao3 jie2 | 了却 liao3 que4 | 了不起 liao3 bu5 qi3
明了 ming2 liao3 | 一目了然 yi1 mu4 liao3 ran2 | 除了 chu2 le5 | 受得了 shou4 de5 liao3 | 便民 bian4 min2 | 便捷 bian4 jie2
简便 jian3 bian4 | 随便 sui2 bian4 | 便道 bian4 dao4 | 便桥 bian4 qiao2 | 便利 bian4 li4 | 以便 yi3 bian4
大腹便便 da4 fu4 pian2 pian2 | 差价 cha1 jia4 | 差距 cha1 ju4 | 差异 cha1 yi4 | 差旅费 chai1 lv3 fei4 | 差事 chai1 shi5
邮差 you2 chai1 | 当差 dang1 chai1 | 尽数 jin4 shu4 | 竭尽 jie2 jin4 | 详尽 xiang2 jin4 | 尽兴 jin4 xing4 | 尽情 jin4 qing2
自尽 zi4 jin4 | 用尽 yong4 jin4 | 耗尽 hao4 jin4 | 散播 san4 bo1 | 散发 san4 fa1 | 散居 san3 ju1 | 散客 san3 ke4 | 散乱 san3 luan4
拆散 chai1 san4 | 打散 da3 san4 | 散热 san4 re4 | 散伙 san4 huo3 | 散心 san4 xin1 | 散布 san4 bu4 | 失散 shi1 san4
漂浮 piao1 fu2 | 漂白粉 piao3 bai2 fen3 | 转型 zhuan3 xing2 | 转包 zhuan3 bao1 | 转租 zhuan3 zu1 | 转业 zhuan3 ye4
转正 zhuan3 zheng4 | 转运 zhuan3 yun4 | 转院 zhuan3 yuan4 | 转诊 zhuan3 zhen3 | 转入 zhuan3 ru4 | 转出 zhuan3 chu1
转学 zhuan3 xue2 | 转基因 zhuan3 ji1 yin1 | 转折 zhuan3 zhe2 | 转达 zhuan3 da2 | 转告 zhuan3 gao4 | 转交 zhuan3 jiao1
转晴 zhuan3 qing2 | 转阴 zhuan3 yin1 | 转弯 zhuan3 wan1 | 左转 zuo3 zhuan3 | 右转 you4 zhuan3 | 转炉 zhuan4 lu2
转筒 zhuan4 tong3 | 晕头转向 yun1 tou2 zhuan4 xiang4 | 团团转 tuan2 tuan2 zhuan4 | 连轴转 lian2 zhou2 zhuan4 | 应变 ying4 bian4
应诉 ying4 su4 | 应酬 ying4 chou5 | 应验 ying4 yan4 | 应试 ying4 shi4 | 应季 ying4 ji4 | 应答 ying4 da2 | 应有 ying1 you3
应予 ying1 yu3 | 应得 ying1 de2 | 相应 xiang1 ying4 | 适应 shi4 ying4 | 呼应 hu1 ying4 | 反应 fan3 ying4 | 对应 dui4 ying4
效应 xiao4 ying4 | 应激 ying4 ji1 | 应援 ying4 yuan2 | 奔小康 ben4 xiao3 kang1 | 需要 xu1 yao4 | 只要 zhi3 yao4 | 要么 yao4 me5
驻扎 zhu4 zha1 | 折旧 zhe2 jiu4 | 折叠 zhe2 die2 | 折合 zhe2 he2 | 折断 zhe2 duan4 | 行道树 xing2 dao4 shu4 | 总行 zong3 hang2
支行 zhi1 hang2 | 分行 fen1 hang2 | 排行 pai2 hang2 | 行列 hang2 lie4 | 行规 hang2 gui1 | 信用社 xin4 yong4 she4 | 绕行 rao4 xing2
通行 tong1 xing2 | 出行 chu1 xing2 | 骑行 qi2 xing2 | 弹簧 tan2 huang2 | 动弹 dong4 tan5 | 反弹 fan3 tan2 | 泡桐 pao1 tong2
灯泡 deng1 pao4 | 水泡 shui3 pao4 | 前仆后继 qian2 pu1 hou4 ji4 | 拧紧 ning3 jin3 | 拧干 ning3 gan1 | 露营 lu4 ying2
露底 lou4 di3 | 透露 tou4 lu4 | 落地 luo4 di4 | 降落伞 jiang4 luo4 san3 | 骨殖 gu3 shi5 | 白术 bai2 zhu2 | 苍术 cang1 zhu2
桑葚 sang1 shen4 | 槟榔 bing1 lang2 | 枸杞 gou3 qi3 | 桔梗 jie2 geng3 | 柑桔 gan1 ju2 | 蛤蜊 ge2 li2 | 蛤蟆 ha2 ma5
雀斑 que4 ban1 | 河蚌 he2 bang4 | 犍牛 jian1 niu2 | 骆驼 luo4 tuo5 | 癞蛤蟆 lai4 ha2 ma5 | 山药 shan1 yao5 | 红薯 hong2 shu3
荞麦 qiao2 mai4 | 高粱 gao1 liang5 | 芝麻 zhi1 ma5 | 棉花 mian2 hua5 | 黄瓜 huang2 gua1 | 西瓜 xi1 gua1 | 葫芦 hu2 lu5
芫荽 yan2 sui5 | 苤蓝 pie3 lan5 | 蒌蒿 lou2 hao1 | 薏苡 yi4 yi3 | 薏米 yi4 mi3 | 莲藕 lian2 ou3 | 菱角 ling2 jiao5 | 茨菰 ci2 gu5
魔芋 mo2 yu4 | 芋头 yu4 tou5 | 香椿 xiang1 chun1 | 蕨菜 jue2 cai4 | 榆钱 yu2 qian2 | 槐花 huai2 hua1 | 花椒 hua1 jiao1
杜仲 du4 zhong4 | 黄芪 huang2 qi2 | 黄连 huang2 lian2 | 半夏 ban4 xia4 | 柴胡 chai2 hu2 | 防风 fang2 feng1 | 艾草 ai4 cao3
自怨自艾 zi4 yuan4 zi4 yi4 | 苜蓿 mu4 xu5 | 紫云英 zi3 yun2 ying1 | 青贮 qing1 zhu4 | 饲草 si4 cao3 | 铡草 zha2 cao3
窖藏 jiao4 cang2 | 冬藏 dong1 cang2 | 仓储 cang1 chu3 | 晾晒 liang4 shai4 | 脱粒 tuo1 li4 | 扬谷 yang2 gu3 | 簸扬 bo3 yang2
碾米 nian3 mi3 | 磨粉 mo4 fen3 | 轧面 ya4 mian4 | 轧道机 ya4 dao4 ji1 | 挑粪 tiao1 fen4 | 担粪 dan1 fen4 | 沼气 zhao3 qi4
泔水 gan1 shui3 | 潲水 shao4 shui3 | 涮锅 shuan4 guo1 | 淬火 cui4 huo3 | 焊接 han4 jie1 | 拌和 ban4 huo4 | 搅拌 jiao3 ban4
夯实 hang1 shi2 | 打夯 da3 hang1 | 垒墙 lei3 qiang2 | 砌墙 qi4 qiang2 | 抹灰 mo4 hui1 | 挖掘 wa1 jue2 | 疏浚 shu1 jun4
清淤 qing1 yu1 | 围堰 wei2 yan4 | 涵洞 han2 dong4 | 闸门 zha2 men2 | 渡槽 du4 cao2 | 机井 ji1 jing3 | 抽水 chou1 shui3
泵房 beng4 fang2 | 溢洪道 yi4 hong2 dao4 | 水位 shui3 wei4 | 汛期 xun4 qi1 | 决口 jue2 kou3 | 溃坝 kui4 ba4 | 管涌 guan3 yong3
渗漏 shen4 lou4 | 内涝 nei4 lao4 | 积涝 ji1 lao4 | 寒潮 han2 chao2 | 暴雪 bao4 xue3 | 冻雨 dong4 yu3 | 雨夹雪 yu3 jia1 xue3
沙尘暴 sha1 chen2 bao4 | 雾霾 wu4 mai2 | 干热风 gan1 re4 feng1 | 低保 di1 bao3 | 五保户 wu3 bao3 hu4 | 优抚 you1 fu3
抚恤 fu3 xu4 | 救济粮 jiu4 ji4 liang2 | 贴息 tie1 xi1 | 惠农 hui4 nong2 | 确权 que4 quan2 | 颁证 ban1 zheng4 | 宅基 zhai2 ji1
征地 zheng1 di4 | 拆违 chai1 wei2 | 违建 wei2 jian4 | 丧葬费 sang1 zang4 fei4 | 殡葬 bin4 zang4 | 坟茔 fen2 ying2 | 祭扫 ji4 sao3
扫墓 sao3 mu4 | 扫帚 sao4 zhou5 | 扫把 sao4 ba3 | 笤帚 tiao2 zhou5 | 畚箕 ben3 ji1 | 镰刀 lian2 dao1 | 锄头 chu2 tou5
榔头 lang2 tou5 | 炕头 kang4 tou2 | 灶膛 zao4 tang2 | 暖壶 nuan3 hu2 | 唢呐 suo3 na4 | 锣鼓 luo2 gu3 | 秧歌 yang1 ge5
庙会 miao4 hui4 | 社火 she4 huo3 | 腊八 la4 ba1 | 小年 xiao3 nian2 | 除夕 chu2 xi1 | 中元 zhong1 yuan2 | 端午 duan1 wu3
立夏 li4 xia4 | 白露 bai2 lu4 | 寒露 han2 lu4 | 雨水 yu3 shui3 | 大暑 da4 shu3 | 小暑 xiao3 shu3 | 伏天 fu2 tian1 | 三伏 san1 fu2
露天电影 lu4 tian1 dian4 ying3 | 广播体操 guang3 bo1 ti3 cao1 | 麦克风 mai4 ke4 feng1 | 爱人 ai4 ren5 | 巴掌 ba1 zhang5
爸爸 ba4 ba5 | 白净 bai2 jing5 | 班子 ban1 zi5 | 板子 ban3 zi5 | 帮手 bang1 shou5 | 梆子 bang1 zi5 | 膀子 bang3 zi5
棒槌 bang4 chui5 | 包袱 bao1 fu5 | 包子 bao1 zi5 | 豹子 bao4 zi5 | 杯子 bei1 zi5 | 被子 bei4 zi5 | 本事 ben3 shi5 | 本子 ben3 zi5
鼻子 bi2 zi5 | 鞭子 bian1 zi5 | 饼子 bing3 zi5 | 玻璃 bo1 li5 | 脖子 bo2 zi5 | 补丁 bu3 ding5 | 不由得 bu4 you2 de5
财主 cai2 zhu5 | 苍蝇 cang1 ying5 | 柴火 chai2 huo5 | 肠子 chang2 zi5 | 厂子 chang3 zi5 | 车子 che1 zi5
池子 chi2 zi5 | 尺子 chi3 zi5 | 虫子 chong2 zi5 | 出息 chu1 xi5 | 窗户 chuang1 hu5 | 锤子 chui2 zi5 | 刺猬 ci4 wei5
村子 cun1 zi5 | 耷拉 da1 la5 | 打扮 da3 ban5 | 打发 da3 fa5 | 打听 da3 ting5 | 打算 da3 suan5 | 大爷 da4 ye5 | 带子 dai4 zi5
袋子 dai4 zi5 | 耽搁 dan1 ge5 | 耽误 dan1 wu5 | 胆子 dan3 zi5 | 刀子 dao1 zi5 | 稻子 dao4 zi5 | 凳子 deng4 zi5 | 笛子 di2 zi5
弟兄 di4 xiong5 | 点心 dian3 xin5 | 调子 diao4 zi5 | 钉子 ding1 zi5 | 动静 dong4 jing5 | 豆腐 dou4 fu5 | 豆子 dou4 zi5
嘟囔 du1 nang5 | 缎子 duan4 zi5 | 对付 dui4 fu5 | 队伍 dui4 wu5 | 多么 duo1 me5 | 蛾子 e2 zi5 | 儿子 er2 zi5 | 耳朵 er3 duo5
贩子 fan4 zi5 | 房子 fang2 zi5 | 疯子 feng1 zi5 | 福气 fu2 qi5 | 斧子 fu3 zi5 | 盖子 gai4 zi5 | 甘蔗 gan1 zhe5 | 膏药 gao1 yao5
稿子 gao3 zi5 | 告诉 gao4 su5 | 疙瘩 ge1 da5 | 哥哥 ge1 ge5 | 胳膊 ge1 bo5 | 鸽子 ge1 zi5 | 格子 ge2 zi5 | 根子 gen1 zi5
跟头 gen1 tou5 | 工夫 gong1 fu5 | 功夫 gong1 fu5 | 钩子 gou1 zi5 | 姑姑 gu1 gu5 | 姑娘 gu1 niang5 | 谷子 gu3 zi5 | 故事 gu4 shi5
寡妇 gua3 fu5 | 褂子 gua4 zi5 | 怪物 guai4 wu5 | 官司 guan1 si5 | 罐头 guan4 tou5 | 罐子 guan4 zi5 | 规矩 gui1 ju5 | 闺女 gui1 nv5
鬼子 gui3 zi5 | 柜子 gui4 zi5 | 棍子 gun4 zi5 | 锅子 guo1 zi5 | 果子 guo3 zi5 | 孩子 hai2 zi5 | 含糊 han2 hu5 | 汉子 han4 zi5
合同 he2 tong5 | 和尚 he2 shang5 | 核桃 he2 tao5 | 盒子 he2 zi5 | 红火 hong2 huo5 | 猴子 hou2 zi5 | 后头 hou4 tou5
厚道 hou4 dao5 | 狐狸 hu2 li5 | 胡琴 hu2 qin5 | 糊涂 hu2 tu5 | 护士 hu4 shi5 | 皇上 huang2 shang5 | 幌子 huang3 zi5
活泼 huo2 po5 | 火候 huo3 hou5 | 伙计 huo3 ji5 | 机灵 ji1 ling5 | 脊梁 ji3 liang5 | 记号 ji4 hao5 | 记性 ji4 xing5
家伙 jia1 huo5 | 架势 jia4 shi5 | 架子 jia4 zi5 | 嫁妆 jia4 zhuang5 | 尖子 jian1 zi5 | 茧子 jian3 zi5 | 剪子 jian3 zi5
见识 jian4 shi5 | 毽子 jian4 zi5 | 将就 jiang1 jiu5 | 交情 jiao1 qing5 | 饺子 jiao3 zi5 | 叫唤 jiao4 huan5 | 轿子 jiao4 zi5
姐夫 jie3 fu5 | 姐姐 jie3 jie5 | 戒指 jie4 zhi5 | 精神 jing1 shen5 | 镜子 jing4 zi5 | 舅舅 jiu4 jiu5 | 橘子 ju2 zi5 | 句子 ju4 zi5
客气 ke4 qi5 | 空子 kong4 zi5 | 口袋 kou3 dai5 | 口子 kou3 zi5 | 扣子 kou4 zi5 | 窟窿 ku1 long5 | 裤子 ku4 zi5 | 快活 kuai4 huo5
筷子 kuai4 zi5 | 框子 kuang4 zi5 | 阔气 kuo4 qi5 | 喇叭 la3 ba5 | 喇嘛 la3 ma5 | 篮子 lan2 zi5 | 老婆 lao3 po5
老实 lao3 shi5 | 老爷 lao3 ye5 | 姥姥 lao3 lao5 | 篱笆 li2 ba5 | 里头 li3 tou5 | 力气 li4 qi5 | 厉害 li4 hai5 | 利落 li4 luo5
利索 li4 suo5 | 栗子 li4 zi5 | 痢疾 li4 ji5 | 帘子 lian2 zi5 | 凉快 liang2 kuai5 | 粮食 liang2 shi5 | 料子 liao4 zi5
领子 ling3 zi5 | 聋子 long2 zi5 | 炉子 lu2 zi5 | 路子 lu4 zi5 | 轮子 lun2 zi5 | 萝卜 luo2 bo5 | 骡子 luo2 zi5 | 妈妈 ma1 ma5
麻烦 ma2 fan5 | 麻利 ma2 li5 | 麻子 ma2 zi5 | 马虎 ma3 hu5 | 码头 ma3 tou5 | 买卖 mai3 mai5 | 麦子 mai4 zi5 | 馒头 man2 tou5
忙活 mang2 huo5 | 冒失 mao4 shi5 | 帽子 mao4 zi5 | 眉毛 mei2 mao5 | 媒人 mei2 ren5 | 妹妹 mei4 mei5 | 眯缝 mi1 feng5
迷糊 mi2 hu5 | 面子 mian4 zi5 | 苗条 miao2 tiao5 | 苗头 miao2 tou5 | 名堂 ming2 tang5 | 名字 ming2 zi5 | 明白 ming2 bai5
蘑菇 mo2 gu5 | 模糊 mo2 hu5 | 木头 mu4 tou5 | 那么 na4 me5 | 奶奶 nai3 nai5 | 脑袋 nao3 dai5 | 脑子 nao3 zi5 | 能耐 neng2 nai5
你们 ni3 men5 | 念叨 nian4 dao5 | 娘家 niang2 jia5 | 镊子 nie4 zi5 | 奴才 nu2 cai5 | 女婿 nv3 xu5 | 拍子 pai1 zi5 | 牌楼 pai2 lou5
牌子 pai2 zi5 | 盘算 pan2 suan5 | 盘子 pan2 zi5 | 胖子 pang4 zi5 | 狍子 pao2 zi5 | 盆子 pen2 zi5 | 朋友 peng2 you5
棚子 peng2 zi5 | 脾气 pi2 qi5 | 皮子 pi2 zi5 | 痞子 pi3 zi5 | 屁股 pi4 gu5 | 骗子 pian4 zi5 | 票子 piao4 zi5 | 瓶子 ping2 zi5
婆家 po2 jia5 | 婆婆 po2 po5 | 欺负 qi1 fu5 | 旗子 qi2 zi5 | 前头 qian2 tou5 | 钳子 qian2 zi5 | 亲戚 qin1 qi5 | 勤快 qin2 kuai5
清楚 qing1 chu5 | 曲子 qu3 zi5 | 拳头 quan2 tou5 | 裙子 qun2 zi5 | 热闹 re4 nao5 | 认得 ren4 de5 | 日子 ri4 zi5
褥子 ru4 zi5 | 嗓子 sang3 zi5 | 嫂子 sao3 zi5 | 沙子 sha1 zi5 | 傻子 sha3 zi5 | 商量 shang1 liang5 | 上司 shang4 si5
烧饼 shao1 bing5 | 勺子 shao2 zi5 | 少爷 shao4 ye5 | 哨子 shao4 zi5 | 舌头 she2 tou5 | 身子 shen1 zi5 | 什么 shen2 me5
婶子 shen3 zi5 | 生意 sheng1 yi5 | 牲口 sheng1 kou5 | 绳子 sheng2 zi5 | 师父 shi1 fu5 | 师傅 shi1 fu5 | 虱子 shi1 zi5
狮子 shi1 zi5 | 石榴 shi2 liu5 | 时候 shi2 hou5 | 使唤 shi3 huan5 | 事情 shi4 qing5 | 柿子 shi4 zi5 | 收成 shou1 cheng5
首饰 shou3 shi5 | 叔叔 shu1 shu5 | 梳子 shu1 zi5 | 舒服 shu1 fu5 | 舒坦 shu1 tan5 | 疏忽 shu1 hu5
爽快 shuang3 kuai5 | 思量 si1 liang5 | 算计 suan4 ji5 | 他们 ta1 men5 | 她们 ta1 men5 | 台子 tai2 zi5 | 太太 tai4 tai5
摊子 tan1 zi5 | 坛子 tan2 zi5 | 毯子 tan3 zi5 | 桃子 tao2 zi5 | 梯子 ti1 zi5 | 蹄子 ti2 zi5 | 挑剔 tiao1 ti5 | 条子 tiao2 zi5
跳蚤 tiao4 zao5 | 亭子 ting2 zi5 | 兔子 tu4 zi5 | 唾沫 tuo4 mo5 | 挖苦 wa1 ku5 | 娃娃 wa2 wa5 | 袜子 wa4 zi5 | 晚上 wan3 shang5
委屈 wei3 qu5 | 蚊子 wen2 zi5 | 稳当 wen3 dang5 | 我们 wo3 men5 | 屋子 wu1 zi5 | 稀罕 xi1 han5 | 席子 xi2 zi5 | 媳妇 xi2 fu5
喜欢 xi3 huan5 | 瞎子 xia1 zi5 | 匣子 xia2 zi5 | 下巴 xia4 ba5 | 先生 xian1 sheng5 | 乡下 xiang1 xia5 | 箱子 xiang1 zi5
相声 xiang4 sheng5 | 消息 xiao1 xi5 | 小伙子 xiao3 huo3 zi5 | 谢谢 xie4 xie5 | 心思 xin1 si5 | 星星 xing1 xing5 | 猩猩 xing1 xing5
行李 xing2 li5 | 性子 xing4 zi5 | 休息 xiu1 xi5 | 秀才 xiu4 cai5 | 秀气 xiu4 qi5 | 袖子 xiu4 zi5 | 靴子 xue1 zi5
学生 xue2 sheng5 | 学问 xue2 wen5 | 丫头 ya1 tou5 | 鸭子 ya1 zi5 | 衙门 ya2 men5 | 哑巴 ya3 ba5 | 胭脂 yan1 zhi5 | 烟筒 yan1 tong5
眼睛 yan3 jing5 | 燕子 yan4 zi5 | 养活 yang3 huo5 | 样子 yang4 zi5 | 妖精 yao1 jing5 | 爷爷 ye2 ye5
衣裳 yi1 shang5 | 椅子 yi3 zi5 | 意思 yi4 si5 | 银子 yin2 zi5 | 影子 ying3 zi5 | 柚子 you4 zi5 | 冤枉 yuan1 wang5 | 院子 yuan4 zi5
月饼 yue4 bing5 | 月亮 yue4 liang5 | 云彩 yun2 cai5 | 在乎 zai4 hu5 | 咱们 zan2 men5 | 早上 zao3 shang5 | 怎么 zen3 me5
眨巴 zha3 ba5 | 栅栏 zha4 lan5 | 宅子 zhai2 zi5 | 寨子 zhai4 zi5 | 张罗 zhang1 luo5 | 丈夫 zhang4 fu5 | 帐篷 zhang4 peng5
丈人 zhang4 ren5 | 招呼 zhao1 hu5 | 招牌 zhao1 pai5 | 这么 zhe4 me5 | 枕头 zhen3 tou5 | 侄子 zhi2 zi5
指甲 zhi3 jia5 | 珠子 zhu1 zi5 | 竹子 zhu2 zi5 | 主意 zhu3 yi5 | 柱子 zhu4 zi5 | 庄稼 zhuang1 jia5 | 壮实 zhuang4 shi5
锥子 zhui1 zi5 | 桌子 zhuo1 zi5 | 粽子 zong4 zi5 | 祖宗 zu3 zong5 | 嘴巴 zui3 ba5 | 卷帘门 juan3 lian2 men2 | 卷帘 juan3 lian2
卷扬机 juan3 yang2 ji1 | 卷尺 juan3 chi3 | 粘住 zhan1 zhu4 | 粘上 zhan1 shang4 | 粘鼠板 zhan1 shu3 ban3 | 塞住 sai1 zhu4
塞满 sai1 man3
似的 shi4 de5 | 类似 lei4 si4 | 相似 xiang1 si4 | 近似 jin4 si4 | 疑似 yi2 si4 | 形似 xing2 si4 | 酷似 ku4 si4 | 貌似 mao4 si4
""")
"""Tried before all else. A string that is a word in one sentence and two in the next does not belong here."""

THIRDS = listed(
    """
保险 管理 领导 展览 小组 养老 领取 水果 补给 所有 可以 只有 许可 引导 允许 粉碎 保管 保养 保守 本领 比武 笔挺 表姐 表演 采访 产品 厂长 场景 处理
打扫 打水 党委 导管 抵挡 典礼 点火 电脑 顶点 顶嘴 反感 反省 粉笔 抚养 辅导 赶紧 改组 岗位 港口 给予 古老 鼓掌 管理员 广场 好久 好转
悔改 火把 火种 检举 减少 简短 讲解 奖品 警犬 酒水 举手 举止 卡尺 可巧 口语 苦恼 老板 老虎 老鼠 冷水 冷饮 理解 理想 了解 领土 旅馆
马匹 蚂蚁 美好 母语 哪里 脑海 扭转 偶尔 品种 普选 起草 起码 起点 请假 请柬 犬马 染指 扫把 傻眼 审理 手法 手指 手表 首长 首府 水井 水桶 水手
水产 水土 水准 损毁 所以 躺倒 体检 土改 土产 土壤 往往 委婉 稳妥 武打 洗手 洗澡 小雨 小姐 小鬼 小巧 小米 写法 雪景 眼睑 演讲 养狗 也许 以免
以往 引起 饮水 饮酒 影响 永久 勇敢 友好 雨伞 雨水 远景 允许 早点 展品 掌管 整改 整理 指导 止痛 主管 主讲 主体 主演 转眼 转产 准许 总理 总统
走访 阻挡 组长 组委 嘴角 左手 左转 补考 补偿 采取 彻底 储水 处暑 党史 岛屿 稿纸 耳语 法网 法语 防守 谷雨 古董 火海 甲板 剪彩 减产 检索 解体
紧闭 酒厂 考古 老总 两口 免考 免检 拇指 抢险 抢种 乳品 赏景 使馆 守法 鼠药 所属 铁锁 统领 玩耍 网点 五保 洗碗 享有 选举
选取 选种 也好 永远 予以 展馆 长者 诊所 政党 纸板 只好 指点 种子 主管 主导 转口 准点 总得 总管 仔细
"""
)
"""Words of two third tones and more that the phrase dictionary lacks: it knows only what is hard to read, sandhi must know where words end."""
