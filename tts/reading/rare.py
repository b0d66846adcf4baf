"""Characters by themselves: the reading of a dictionary's headword, for those that our other sources lack or read as a part of words only.

ToJyutping gives the changed or colloquial tone of many (錢 cin2, 平 peng4): right in a word, not for the character alone. The readings are
those of the Unihan database (kMandarin, kCantonese; Unicode License v3).
"""

from __future__ import annotations

from tts.reading.table import table

PINYIN = {char: reading for char, (reading,) in table("""
㴔 xi1 | 乾 qian2 | 吽 hong1 | 呒 m2 | 呙 guo1 | 咋 za3 | 咥 xi4 | 喔 o1 | 嗯 ng4 | 埏 shan1 | 崒 zu2 | 忞 min2
捭 bai3 | 樘 tang2 | 洇 yin1 | 浜 bang1 | 湴 ban4 | 潵 sa3 | 爇 ruo4 | 瘩 da2 | 硙 wei4 | 芍 shao2 | 芴 wu4
苧 ning2 | 薳 wei3 | 袷 jia2 | 貉 he2 | 趯 ti4 | 跂 qi2 | 鳣 zhan1 | 𫍲 xiao3 | 𫐓 rou2 | 𫫇 e4 | 𬇙 bei4 | 𬉼 ou3
𬒈 que4 | 𬕂 long3 | 𬘭 chen1 | 𬭬 hui4 | 𬮿 gai4 | 𬷕 bu3
""").items()}  # fmt: skip
JYUTPING = {char: reading for char, (reading,) in table("""
暅 hyun1 | 苧 ning4 | 鿍 pung1 | 丸 jyun4 | 为 wai4 | 么 maa1 | 乾 kin4 | 争 zaang1 | 仆 fu6 | 价 gaai3 | 会 wui6 | 伥 coeng1
佝 gau1 | 佣 jung2 | 俺 aan2 | 倥 hung2 | 倭 wai1 | 倴 ban3 | 冠 gun1 | 冥 ming4 | 几 gei1 | 凹 aau3 | 刊 hon1
划 waa4 | 刹 caat3 | 剕 fai3 | 剽 piu5 | 劄 zaap3 | 劈 pik1 | 匙 ci4 | 匼 hap6 | 卅 saa1 | 卜 baak6 | 占 zim1
叻 lak6 | 吁 heoi1 | 名 ming4 | 吒 zaa1 | 听 ting1 | 吼 hau3 | 呀 aa1 | 呒 fu2 | 呢 nai4 | 呱 gu1 | 命 ming6
咄 deot1 | 咤 zaa1 | 咦 ji4 | 哄 hung1 | 哏 gan1 | 哦 ngo4 | 哩 li1 | 唉 aai1 | 唝 gung3 | 啉 lam4 | 啊 aa1
喹 kwai4 | 嗌 jik1 | 嗓 song2 | 嗨 haai1 | 嗫 zip6 | 嘎 gaat3 | 嘛 maa1 | 嘞 laa3 | 嘶 sai1 | 噢 jyu2 | 囡 naam4
囤 deon6 | 囱 cung1 | 坞 wu2 | 坡 po1 | 垫 din6 | 埃 oi1 | 埠 bou6 | 处 cyu3 | 夯 haang1 | 奄 jim2 | 妖 jiu1
妪 jyu3 | 妲 daat3 | 姥 mou5 | 姨 ji4 | 娜 no5 | 媛 jyun6 | 孖 zi1 | 孬 naau1 | 孽 jit6 | 寺 zi6 | 尕 gaa2 | 尴 gaam1
尻 haau1 | 岭 ling5 | 峙 zi6 | 嶷 ji4 | 帽 mou6 | 幢 cong4 | 干 gon1 | 平 ping4 | 幺 jiu1 | 应 jing3 | 庙 miu6
廿 nim6 | 彗 wai6 | 彷 pong4 | 徵 zi2 | 徼 hiu1 | 忺 him1 | 怍 zok6 | 悍 hon6 | 惊 ging1 | 惋 wun2 | 惴 zeoi3
慷 kong2 | 戆 zong3 | 戥 dang2 | 扔 wing1 | 抨 ping1 | 拷 haau2 | 拼 ping1 | 挠 naau5 | 捞 laau4 | 捻 nip6 | 掂 dim1
掸 daan6 | 握 ak1 | 搜 sau1 | 摒 bing3 | 摞 lo6 | 撂 liu1 | 料 liu6 | 斜 ce4 | 断 dyun6 | 旮 go1 | 旯 lo1 | 昨 zok6
曳 jai6 | 更 gang1 | 曾 zang1 | 杓 biu1 | 杠 gong1 | 柠 ning4 | 桁 haang4 | 档 dong2 | 桤 kei1 | 棵 po1 | 椎 ceoi4
榃 tam4 | 橄 gam2 | 橛 kyut3 | 橱 ceoi4 | 檐 jim4 | 欸 oi1 | 毽 gin3 | 氓 maang4 | 沮 zeoi1 | 泊 bok6 | 泡 pou5
洱 ji5 | 涌 cung1 | 涨 zoeng2 | 淤 jyu1 | 渍 zi3 | 渰 jim2 | 溅 zin3 | 滁 ceoi4 | 滫 sau2 | 漷 kwok3 | 濒 ban1
濞 pai3 | 烷 jyun4 | 焉 jin1 | 焯 zoek3 | 煸 bin1 | 牁 go1 | 狂 kong4 | 猥 wai2 | 玚 dong6 | 玡 je4 | 玩 wun6
珥 ji5 | 琊 je4 | 瑰 gwai1 | 甏 paang6 | 生 sang1 | 町 ting2 | 畛 can2 | 疙 ngat6 | 瘃 zuk1 | 瘤 lau4 | 瘫 taan1
皑 ngoi4 | 盖 koi3 | 看 hon1 | 眨 zaap3 | 眩 jyun6 | 眭 seoi1 | 睄 ciu4 | 瞑 ming4 | 瞭 liu4 | 矿 kong3 | 砟 zaa3
砭 bin1 | 硌 kaak3 | 硙 wui1 | 碚 bui3 | 碴 caa4 | 碾 nin5 | 秣 mut3 | 窍 kiu3 | 立 lap6 | 竽 jyu4 | 箅 bai3
簿 bou6 | 纠 gau2 | 纼 can2 | 绕 jiu5 | 绘 kui1 | 绳 sing4 | 缕 leoi5 | 缜 zan2 | 肾 san5 | 胗 zan1 | 胲 hoi2
胳 gok3 | 脊 zik3 | 腈 zing1 | 腥 sing1 | 腼 min5 | 臑 nou6 | 艇 ting5 | 艘 sau1 | 艿 naai5 | 茈 ci4 | 茎 hang1
茓 cyut3 | 茗 meng5 | 荨 cam4 | 莎 so1 | 莜 jau4 | 莞 gun1 | 萆 bei1 | 著 zyu3 | 蒋 zoeng1 | 蒡 bong3 | 蕴 wan3
蕾 leoi5 | 蚝 ci3 | 蚴 jau3 | 蚺 jim4 | 蛋 daan6 | 蜃 san6 | 蝎 hot3 | 蝙 bin1 | 蝤 cau4 | 螣 tang4 | 蟫 taam4
行 hang4 | 衷 zung1 | 袗 zan2 | 袷 gaap3 | 裥 gaan2 | 褛 leoi5 | 褪 tan3 | 詟 zip3 | 谂 sam2 | 豆 dau6 | 购 gau3
贿 fui2 | 赝 ngan3 | 赢 jing4 | 跃 joek6 | 跷 hiu1 | 踅 cit3 | 踦 ji2 | 踮 dim3 | 蹲 cyun4 | 轻 hing1 | 轿 giu6
迕 ng6 | 迫 baak1 | 郁 juk1 | 郇 wan4 | 醒 sing2 | 里 lei5 | 釐 hei1 | 鐾 bik1 | 钉 ding1 | 钱 cin4 | 钻 zyun1
铊 to4 | 铪 hap6 | 铬 gok3 | 铴 tong2 | 铺 pou3 | 链 lin6 | 锕 aa1 | 锯 geoi3 | 镢 kyut3 | 镦 deon1 | 阆 long5
阇 se6 | 阏 jin1 | 阱 zing6 | 隙 gwik1 | 雱 pong4 | 霉 mui4 | 韦 wai4 | 韵 wan6 | 馁 noi5 | 馘 gwik1 | 驵 zong2
魆 fat1 | 鸽 gap3 | 鹊 coek3 | 鹑 seon4 | 鹞 jiu6 | 黏 nim4 | 龌 aak1 | 龛 ham1 | 𧿹 mau5 | 𪨶 se4 | 𪾢 jin5
𫖯 tiu3 | 𬒔 ngang2 | 𬘘 daam1 | 𬞟 pan4
""").items()}  # fmt: skip
