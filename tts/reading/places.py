"""Chinese places whose names are not read as the characters usually are: from the official names of counties, cities and rivers."""

from __future__ import annotations

from tts.reading.table import table

# A name that is also an ordinary word stands with its 县 or 市 only.
PLACES = table("""六安 lu4 an1 | 六合区 lu4 he2 qu1 | 六合县 lu4 he2 xian4 | 蚌埠 beng4 bu4 | 亳州 bo2 zhou1 | 歙县 she4 xian4 | 黟县 yi1 xian4
枞阳 zong1 yang2 | 砀山 dang4 shan1 | 濉溪 sui1 xi1 | 涡阳 guo1 yang2 | 涡河 guo1 he2 | 颍上 ying3 shang4 | 颍州 ying3 zhou1
宿州 su4 zhou1 | 宿迁 su4 qian1 | 宿松 su4 song1 | 宿豫 su4 yu4 | 宿城 su4 cheng2 | 埇桥 yong3 qiao2 | 灵璧 ling2 bi4
阜阳 fu4 yang2 | 阜南 fu4 nan2 | 蒙城 meng2 cheng2 | 当涂 dang1 tu2 | 芜湖 wu2 hu2 | 祁门 qi2 men2 | 绩溪 ji4 xi1 | 旌德 jing1 de2
泾县 jing1 xian4 | 天长市 tian1 chang2 shi4 | 滁州 chu2 zhou1 | 全椒 quan2 jiao1 | 和县 he2 xian4 | 长丰 chang2 feng1
无为市 wu2 wei2 shi4 | 无为县 wu2 wei2 xian4 | 凤台 feng4 tai2 | 石台 shi2 tai2 | 霍邱 huo4 qiu1 | 谯城 qiao2 cheng2
琅琊 lang2 ya2 | 盱眙 xu1 yi2 | 邳州 pi1 zhou1 | 睢宁 sui1 ning2 | 栟茶 ben1 cha2 | 甪直 lu4 zhi2 | 溧阳 li4 yang2
溧水 li4 shui3 | 邗江 han2 jiang1 | 沭阳 shu4 yang2 | 赣榆 gan4 yu2 | 浒墅关 xu3 shu4 guan1 | 浒关 xu3 guan1 | 氾水 fan4 shui3
丹阳 dan1 yang2 | 句容 ju4 rong2 | 台州 tai1 zhou1 | 天台县 tian1 tai1 xian4 | 天台山 tian1 tai1 shan1 | 天台 tian1 tai1
丽水 li2 shui3 | 乐清 yue4 qing1 | 鄞州 yin2 zhou1 | 嵊州 sheng4 zhou1 | 嵊泗 sheng4 si4 | 诸暨 zhu1 ji4 | 缙云 jin4 yun2
衢州 qu2 zhou1 | 瓯海 ou1 hai3 | 莘庄 xin1 zhuang1 | 莘塍 xin1 cheng2 | 会稽 kuai4 ji1 | 余姚 yu2 yao2 | 龙泉 long2 quan2
龙游 long2 you2 | 长兴 chang2 xing1 | 铅山 yan2 shan1 | 弋阳 yi4 yang2 | 鄱阳 po2 yang2 | 婺源 wu4 yuan2 | 余干 yu2 gan1
新干县 xin1 gan4 xian4 | 浒湾 xu3 wan1 | 都昌 du1 chang1 | 宁都 ning2 du1 | 于都 yu2 du1 | 会昌 hui4 chang1 | 遂川 sui4 chuan1
乐平 le4 ping2 | 乐安 le4 an1 | 万载 wan4 zai4 | 星子县 xing1 zi3 xian4 | 分宜 fen1 yi2 | 上饶 shang4 rao2 | 赣州 gan4 zhou1
赣县 gan4 xian4 | 上犹 shang4 you2 | 南丰 nan2 feng1 | 闽侯 min3 hou4 | 长乐 chang2 le4 | 将乐 jiang1 le4 | 建瓯 jian4 ou1
厦门 xia4 men2 | 长汀 chang2 ting1 | 长泰 chang2 tai4 | 莆田 pu2 tian2 | 大埔 da4 bu4 | 黄埔 huang2 pu3 | 番禺 pan1 yu2
东莞 dong1 guan3 | 揭阳 jie1 yang2 | 斗门 dou3 men2 | 佛山 fo2 shan1 | 佛冈 fo2 gang1 | 曲江 qu3 jiang1 | 乐昌 le4 chang1
台山 tai2 shan1 | 深圳 shen1 zhen4 | 葵涌 kui2 chong1 | 东涌 dong1 chong1 | 沙涌 sha1 chong1 | 麻涌 ma2 chong1 | 河涌 he2 chong1
鲗鱼涌 zei2 yu2 chong1 | 尖沙咀 jian1 sha1 zui3 | 高要 gao1 yao4 | 茂名 mao4 ming2 | 湛江 zhan4 jiang1 | 邕宁 yong1 ning2
邕江 yong1 jiang1 | 岑溪 cen2 xi1 | 凭祥 ping2 xiang2 | 荔浦 li4 pu3 | 阳朔 yang2 shuo4 | 平乐县 ping2 le4 xian4 | 都安 du1 an1
忻城 xin1 cheng2 | 环江 huan2 jiang1 | 蒙山 meng2 shan1 | 扶绥 fu2 sui2 | 儋州 dan1 zhou1 | 澄迈 cheng2 mai4 | 万宁 wan4 ning2
都匀 du1 yun2 | 罗甸 luo2 dian4 | 瓮安 weng4 an1 | 湄潭 mei2 tan2 | 石阡 shi2 qian1 | 岑巩 cen2 gong3 | 册亨 ce4 heng1
望谟 wang4 mo2 | 六枝 liu4 zhi1 | 六盘水 liu4 pan2 shui3 | 台江 tai2 jiang1 | 长顺 chang2 shun4 | 务川 wu4 chuan1 | 思南 si1 nan2
绥阳 sui2 yang2 | 勐海 meng3 hai3 | 勐腊 meng3 la4 | 蒙自 meng2 zi4 | 镇沅 zhen4 yuan2 | 宁洱 ning2 er3 | 普洱 pu3 er3
洱源 er3 yuan2 | 洱海 er3 hai3 | 漾濞 yang4 bi4 | 弥渡 mi2 du4 | 弥勒 mi2 le4 | 个旧 ge4 jiu4 | 绿春 lv4 chun1 | 牟定 mou2 ding4
禄丰 lu4 feng1 | 禄劝 lu4 quan4 | 双柏 shuang1 bai3 | 嵩明 song1 ming2 | 寻甸 xun2 dian4 | 会泽 hui4 ze2 | 瑞丽 rui4 li4
丽江 li4 jiang1 | 大理 da4 li3 | 沾益 zhan1 yi4 | 犍为 qian2 wei2 | 郫县 pi2 xian4 | 郫都 pi2 du1 | 什邡 shi2 fang1
邛崃 qiong2 lai2 | 大邑 da4 yi4 | 都江堰 du1 jiang1 yan4 | 新都 xin1 du1 | 成都 cheng2 du1 | 筠连 jun1 lian2 | 珙县 gong3 xian4
长宁 chang2 ning2 | 叙永 xu4 yong3 | 古蔺 gu3 lin4 | 乐至 le4 zhi4 | 乐山 le4 shan1 | 丹棱 dan1 leng2 | 夹江 jia1 jiang1
井研 jing3 yan2 | 荥经 ying2 jing1 | 道孚 dao4 fu2 | 色达 se4 da2 | 得荣 de2 rong2 | 阿坝 a1 ba4 | 若尔盖 ruo4 er3 gai4
壤塘 rang3 tang2 | 汶川 wen4 chuan1 | 松潘 song1 pan1 | 梓潼 zi3 tong2 | 阆中 lang4 zhong1 | 仪陇 yi2 long3 | 华蓥 hua2 ying2
射洪 she4 hong2 | 遂宁 sui4 ning2 | 涪城 fu2 cheng2 | 三台县 san1 tai2 xian4 | 会东 hui4 dong1 | 会理 hui4 li3 | 昭觉 zhao1 jue2
冕宁 mian3 ning2 | 泸州 lu2 zhou1 | 渠县 qu2 xian4 | 龙泉驿 long2 quan2 yi4 | 青羊 qing1 yang2 | 都兰 du1 lan2 | 重庆 chong2 qing4
涪陵 fu2 ling2 | 綦江 qi2 jiang1 | 璧山 bi4 shan1 | 潼南 tong2 nan2 | 垫江 dian4 jiang1 | 酉阳 you3 yang2 | 黔江 qian2 jiang1
丰都 feng1 du1 | 北碚 bei3 bei4 | 长寿区 chang2 shou4 qu1 | 荣昌 rong2 chang1 | 忠县 zhong1 xian4 | 奉节 feng4 jie2
郧阳 yun2 yang2 | 郧西 yun2 xi1 | 监利 jian4 li4 | 秭归 zi3 gui1 | 猇亭 xiao1 ting2 | 黄陂 huang2 pi2 | 蕲春 qi2 chun1
浠水 xi1 shui3 | 武穴 wu3 xue2 | 应城 ying1 cheng2 | 沔阳 mian3 yang2 | 宜都 yi2 du1 | 当阳 dang1 yang2 | 长阳 chang2 yang2
襄阳 xiang1 yang2 | 大冶 da4 ye3 | 鄂州 e4 zhou1 | 华容 hua2 rong2 | 硚口 qiao2 kou3 | 蔡甸 cai4 dian4 | 江夏 jiang1 xia4
红安 hong2 an1 | 房县 fang2 xian4 | 耒阳 lei3 yang2 | 郴州 chen1 zhou1 | 汨罗 mi4 luo2 | 芷江 zhi3 jiang1 | 溆浦 xu4 pu3
沅陵 yuan2 ling2 | 辰溪 chen2 xi1 | 澧县 li3 xian4 | 临澧 lin2 li3 | 浏阳 liu2 yang2 | 长沙 chang2 sha1 | 醴陵 li3 ling2
攸县 you1 xian4 | 韶山 shao2 shan1 | 祁阳 qi2 yang2 | 祁东 qi2 dong1 | 涟源 lian2 yuan2 | 娄底 lou2 di3 | 花垣 hua1 yuan2
新晃 xin1 huang3 | 会同县 hui4 tong2 xian4 | 枝江 zhi1 jiang1 | 古丈 gu3 zhang4 | 井陉 jing3 xing2 | 蔚县 yu4 xian4
涿州 zhuo1 zhou1 | 涿鹿 zhuo1 lu4 | 沽源 gu1 yuan2 | 涞源 lai2 yuan2 | 蠡县 li3 xian4 | 阜平 fu4 ping2 | 行唐 xing2 tang2
栾城 luan2 cheng2 | 藁城 gao3 cheng2 | 新乐 xin1 le4 | 任丘 ren2 qiu1 | 任县 ren2 xian4 | 任泽 ren2 ze2 | 河间市 he2 jian1 shi4
泊头 bo2 tou2 | 黄骅 huang2 hua2 | 阜城 fu4 cheng2 | 邯郸 han2 dan1 | 曲周 qu3 zhou1 | 曲阳 qu3 yang2 | 邢台 xing2 tai2
柏乡 bai3 xiang1 | 隆尧 long2 yao2 | 乐亭 lao4 ting2 | 滦县 luan2 xian4 | 滦南 luan2 nan2 | 滦州 luan2 zhou1
曹妃甸 cao2 fei1 dian4 | 大厂 da4 chang3 | 大城县 dai4 cheng2 xian4 | 张家口 zhang1 jia1 kou3 | 秦皇岛 qin2 huang2 dao3
山海关 shan1 hai3 guan1 | 霸州 ba4 zhou1 | 围场 wei2 chang3 | 洪洞 hong2 tong2 | 隰县 xi2 xian4 | 繁峙 fan2 shi4
长子县 zhang3 zi3 xian4 | 长治 chang2 zhi4 | 屯留 tun2 liu2 | 沁源 qin4 yuan2 | 襄垣 xiang1 yuan2 | 潞城 lu4 cheng2
盂县 yu2 xian4 | 太谷 tai4 gu3 | 解州 xie4 zhou1 | 临猗 lin2 yi1 | 稷山 ji4 shan1 | 新绛 xin1 jiang4 | 绛县 jiang4 xian4
垣曲 yuan2 qu3 | 芮城 rui4 cheng2 | 曲沃 qu1 wo4 | 霍州 huo4 zhou1 | 岢岚 ke3 lan2 | 河曲 he2 qu3 | 静乐 jing4 le4 | 五台 wu3 tai2
忻州 xin1 zhou1 | 朔州 shuo4 zhou1 | 应县 ying4 xian4 | 浑源 hun2 yuan2 | 云冈 yun2 gang1 | 汾阳 fen2 yang2 | 吕梁 lv3 liang2
华山 hua4 shan1 | 华阴 hua4 yin1 | 华县 hua4 xian4 | 华州 hua4 zhou1 | 潼关 tong2 guan1 | 大荔 da4 li4 | 澄城 cheng2 cheng2
渭南 wei4 nan2 | 吴堡 wu2 bu3 | 柞水 zha4 shui3 | 旬阳 xun2 yang2 | 旬邑 xun2 yi4 | 岚皋 lan2 gao1 | 勉县 mian3 xian4
岐山 qi2 shan1 | 乾县 qian2 xian4 | 彬州 bin1 zhou1 | 长武 chang2 wu3 | 泾阳 jing1 yang2 | 鄠邑 hu4 yi4 | 灞桥 ba4 qiao2
安塞 an1 sai4 | 子长 zi3 chang2 | 清涧 qing1 jian4 | 米脂 mi3 zhi1 | 佛坪 fo2 ping2 | 长安 chang2 an1 | 瓦窑堡 wa3 yao2 bu3
华亭 hua2 ting2 | 崆峒 kong1 tong2 | 宕昌 tan4 chang1 | 岷县 min2 xian4 | 两当县 liang3 dang1 xian4 | 武都 wu3 du1
舟曲 zhou1 qu3 | 玛曲 ma3 qu3 | 碌曲 lu4 qu3 | 迭部 die2 bu4 | 皋兰 gao1 lan2 | 会宁 hui4 ning2 | 临洮 lin2 tao2
民乐县 min2 le4 xian4 | 康乐县 kang1 le4 xian4 | 嘉峪关 jia1 yu4 guan1 | 湟中 huang2 zhong1 | 乐都 le4 du1 | 尖扎 jian1 zha1
玛沁 ma3 qin4 | 称多 chen4 duo1 | 囊谦 nang2 qian1 | 海晏 hai3 yan4 | 西宁 xi1 ning2 | 祁连 qi2 lian2 | 焉耆 yan1 qi2
尉犁 yu4 li2 | 若羌 ruo4 qiang1 | 且末 qie3 mo4 | 库车 ku4 che1 | 莎车 sha1 che1 | 温宿 wen1 su4 | 乌什 wu1 shi2
阿图什 a1 tu2 shi2 | 喀什 ka1 shi2 | 疏勒 shu1 le4 | 伽师 jia1 shi1 | 吐鲁番 tu3 lu3 fan1 | 鄯善 shan4 shan4 | 奇台 qi2 tai2
察布查尔 cha2 bu4 cha2 er3 | 阿勒泰 a1 le4 tai4 | 塔什库尔干 ta3 shi2 ku4 er3 gan1 | 巴音郭楞 ba1 yin1 guo1 leng2
克拉玛依 ke4 la1 ma3 yi1 | 拉萨 la1 sa4 | 日喀则 ri4 ka1 ze2 | 噶尔 ga2 er3 | 札达 zha2 da2 | 察隅 cha2 yu2
桑珠孜 sang1 zhu1 zi1 | 香格里拉 xiang1 ge2 li3 la1 | 巴彦淖尔 ba1 yan4 nao4 er3 | 磴口 deng4 kou3 | 察哈尔 cha2 ha1 er3
敖汉 ao2 han4 | 喀喇沁 ka1 la3 qin4 | 克什克腾 ke4 shi2 ke4 teng2 | 扎鲁特 zha1 lu3 te4 | 扎兰屯 zha1 lan2 tun2
扎赉特 zha1 lai4 te4 | 内蒙古 nei4 meng3 gu3 | 呼和浩特 hu1 he2 hao4 te4 | 阿拉善 a1 la1 shan4 | 阜新 fu4 xin1 | 岫岩 xiu4 yan2
桓仁 huan2 ren2 | 宽甸 kuan1 dian4 | 盖州 gai4 zhou1 | 台安 tai2 an1 | 调兵山 diao4 bing1 shan1 | 朝阳 chao2 yang2
北票 bei3 piao4 | 绥中 sui2 zhong1 | 瓦房店 wa3 fang2 dian4 | 普兰店 pu3 lan2 dian4 | 长海县 chang2 hai3 xian4 | 珲春 hun2 chun1
桦甸 hua4 dian4 | 图们 tu2 men2 | 长春 chang2 chun1 | 九台 jiu3 tai2 | 长白 chang2 bai2 | 长岭 chang2 ling3 | 乾安 qian2 an1
镇赉 zhen4 lai4 | 洮南 tao2 nan2 | 穆棱 mu4 ling2 | 勃利 bo2 li4 | 讷河 ne4 he2 | 肇东 zhao4 dong1 | 肇州 zhao4 zhou1
逊克 xun4 ke4 | 乐陵 lao4 ling2 | 莘县 shen1 xian4 | 郯城 tan2 cheng2 | 单县 shan4 xian4 | 莒县 ju3 xian4 | 莒南 ju3 nan2
茌平 chi2 ping2 | 临朐 lin2 qu2 | 芝罘 zhi1 fu2 | 即墨 ji2 mo4 | 牟平 mu4 ping2 | 兖州 yan3 zhou1 | 鄄城 juan4 cheng2
郓城 yun4 cheng2 | 菏泽 he2 ze2 | 汶上 wen4 shang4 | 曲阜 qu1 fu4 | 滕州 teng2 zhou1 | 峄城 yi4 cheng2 | 台儿庄 tai2 er2 zhuang1
费县 fei4 xian4 | 沂水 yi2 shui3 | 蒙阴 meng2 yin1 | 临沭 lin2 shu4 | 昌乐 chang1 le4 | 潍坊 wei2 fang1 | 栖霞 qi1 xia2
崂山 lao2 shan1 | 无棣 wu2 di4 | 桓台 huan2 tai2 | 淄博 zi1 bo2 | 济南 ji3 nan2 | 济宁 ji3 ning2 | 济阳 ji3 yang2 | 济源 ji3 yuan2
长清 chang2 qing1 | 莱芜 lai2 wu2 | 东阿 dong1 e1 | 冠县 guan1 xian4 | 中牟 zhong1 mu4 | 浚县 xun4 xian4 | 渑池 mian3 chi2
柘城 zhe4 cheng2 | 武陟 wu3 zhi4 | 泌阳 bi4 yang2 | 尉氏 wei4 shi4 | 郏县 jia2 xian4 | 郾城 yan3 cheng2 | 睢县 sui1 xian4
睢阳 sui1 yang2 | 鄢陵 yan1 ling2 | 荥阳 xing2 yang2 | 杞县 qi3 xian4 | 漯河 luo4 he2 | 濮阳 pu2 yang2 | 栾川 luan2 chuan1
偃师 yan3 shi1 | 巩义 gong3 yi4 | 获嘉 huo4 jia1 | 长垣 chang2 yuan2 | 淇县 qi2 xian4 | 滑县 hua2 xian4 | 南乐 nan2 le4
长葛 chang2 ge3 | 叶县 ye4 xian4 | 召陵 shao4 ling2 | 遂平 sui4 ping2 | 平舆 ping2 yu2 | 桐柏 tong2 bai3 | 南召 nan2 zhao4
淅川 xi1 chuan1 | 潢川 huang2 chuan1 | 沈丘 shen3 qiu1 | 郸城 dan1 cheng2 | 老河口 lao3 he2 kou3 | 颍河 ying3 he2
洧川 wei3 chuan1 | 大别山 da4 bie2 shan1 | 吕梁山 lv3 liang2 shan1 | 峨眉山 e2 mei2 shan1 | 峨眉 e2 mei2 | 武当山 wu3 dang1 shan1
普陀山 pu3 tuo2 shan1 | 长江 chang2 jiang1 | 赣江 gan4 jiang1 | 汨罗江 mi4 luo2 jiang1 | 渭河 wei4 he2 | 泾河 jing1 he2
洮河 tao2 he2 | 沱江 tuo2 jiang1 | 澜沧江 lan2 cang1 jiang1 | 十八里堡 shi2 ba1 li3 pu4 | 十里堡 shi2 li3 pu4 | 五里堡 wu3 li3 pu4
三里堡 san1 li3 pu4 | 十里铺 shi2 li3 pu4 | 五里铺 wu3 li3 pu4 | 三十里铺 san1 shi2 li3 pu4 | 二十里铺 er4 shi2 li3 pu4
张家堡 zhang1 jia1 bu3 | 李家堡 li3 jia1 bu3 | 王家堡 wang2 jia1 bu3 | 大栅栏 da4 shi5 lan4 | 潭柘寺 tan2 zhe4 si4
什刹海 shi2 cha4 hai3 | 十刹海 shi2 cha4 hai3 | 朝阳门 chao2 yang2 men2 | 阜成门 fu4 cheng2 men2 | 闵行 min3 hang2
杨行镇 yang2 hang2 zhen4 | 七宝 qi1 bao3 | 漕河泾 cao2 he2 jing1 | 泗泾 si4 jing1 | 枫泾 feng1 jing1 | 洋泾 yang2 jing1
佘山 she2 shan1 | 颛桥 zhuan1 qiao2 | 朱泾 zhu1 jing1 | 张泾 zhang1 jing1 | 川沙 chuan1 sha1 | 大场镇 da4 chang3 zhen4
嘉定 jia1 ding4 | 徐家汇 xu2 jia1 hui4 | 华漕 hua2 cao2 | 华泾 hua2 jing1 | 亭林 ting2 lin2 | 红寺堡 hong2 si4 bu3
柴沟堡 chai2 gou1 bu3 | 镇川堡 zhen4 chuan1 bu3 | 右所堡 you4 suo3 bu3 | 马家堡 ma3 jia1 pu4 | 哈尔套堡 ha1 er3 tao4 pu4
曾都 zeng1 du1 | 相城 xiang4 cheng2 | 相山区 xiang4 shan1 qu1 | 江都 jiang1 du1 | 盐都 yan2 du1 | 姜堰 jiang1 yan4
贾汪 jia3 wang1 | 高淳 gao1 chun2 | 兴化 xing1 hua4 | 宜兴 yi2 xing1 | 泰兴 tai4 xing1 | 绍兴 shao4 xing1 | 嘉兴 jia1 xing1
吴兴 wu2 xing1 | 兴宁 xing1 ning2 | 兴国 xing1 guo2 | 兴义 xing1 yi4 | 兴仁 xing1 ren2 | 兴城 xing1 cheng2 | 兴山 xing1 shan1
兴县 xing1 xian4 | 兴文 xing1 wen2 | 兴业县 xing1 ye4 xian4 | 兴安 xing1 an1 | 大兴 da4 xing1 | 大兴安岭 da4 xing1 an1 ling3
兴庆 xing1 qing4 | 兴平 xing1 ping2 | 兴隆县 xing1 long2 xian4 | 兴海县 xing1 hai3 xian4 | 海兴 hai3 xing1 | 定兴 ding4 xing1
永兴县 yong3 xing1 xian4 | 资兴 zi1 xing1 | 始兴 shi3 xing1 | 新兴县 xin1 xing1 xian4 | 德兴 de2 xing1 | 东兴 dong1 xing1
博兴 bo2 xing1 | 兴和县 xing1 he2 xian4 | 射阳 she4 yang2 | 如皋 ru2 gao1 | 宝应 bao3 ying4 | 休宁 xiu1 ning2 | 禹会 yu3 hui4
湾沚 wan1 zhi3 | 大观区 da4 guan1 qu1 | 叶集 ye4 ji2 | 郎溪 lang2 xi1 | 寿县 shou4 xian4 | 遂昌 sui4 chang1 | 云和 yun2 he2
洞头 dong4 tou2 | 桐庐 tong2 lu2 | 淳安 chun2 an1 | 南浔 nan2 xun2 | 岱山 dai4 shan1 | 磐安 pan2 an1 | 上虞 shang4 yu2
临海 lin2 hai3 | 三门县 san1 men2 xian4 | 峡江 xia2 jiang1 | 泰和 tai4 he2 | 太和 tai4 he2 | 政和 zheng4 he2
平和县 ping2 he2 xian4 | 和平县 he2 ping2 xian4 | 南和 nan2 he2 | 民和 min2 he2 | 共和县 gong4 he2 xian4 | 和田 he2 tian2
和静 he2 jing4 | 和硕 he2 shuo4 | 和龙 he2 long2 | 和政 he2 zheng4 | 西和县 xi1 he2 xian4 | 敦化 dun1 hua4 | 敦煌 dun1 huang2
寻乌 xun2 wu1 | 大余 da4 yu2 | 信丰 xin4 feng1 | 进贤 jin4 xian2 | 濂溪 lian2 xi1 | 浔阳 xun2 yang2 | 柘荣 zhe4 rong2
芗城 xiang1 cheng2 | 诏安 zhao4 an1 | 华安县 hua2 an1 xian4 | 尤溪 you2 xi1 | 沙县 sha1 xian4 | 邵武 shao4 wu3 | 秀屿 xiu4 yu3
古田 gu3 tian2 | 屏南 ping2 nan2 | 霞浦 xia2 pu3 | 五华 wu3 hua2 | 华坪 hua2 ping2 | 华宁 hua2 ning2 | 南华县 nan2 hua2 xian4
江华 jiang1 hua2 | 西华 xi1 hua2 | 华池 hua2 chi2 | 金华 jin1 hua2 | 九华山 jiu3 hua2 shan1 | 清华 qing1 hua2
莲花山 lian2 hua1 shan1 | 丰顺 feng1 shun4 | 乳源 ru3 yuan2 | 浈江 zhen1 jiang1 | 四会 si4 hui4 | 新会 xin1 hui4 | 遂溪 sui4 xi1
澄海 cheng2 hai3 | 潮州 chao2 zhou1 | 潮阳 chao2 yang2 | 潮汕 chao2 shan4 | 陆丰 lu4 feng1 | 陆河 lu4 he2 | 汕尾 shan4 wei3
增城 zeng1 cheng2 | 花都 hua1 du1 | 禅城 chan2 cheng2 | 广州 guang3 zhou1 | 乐平市 le4 ping2 shi4 | 乐业县 le4 ye4 xian4
保亭 bao3 ting2 | 乐东 le4 dong1 | 陵水 ling2 shui3 | 琼中 qiong2 zhong1 | 屯昌 tun2 chang1 | 那坡 na4 po1 | 百色 bai3 se4
大新县 da4 xin1 xian4 | 天等 tian1 deng3 | 都江 du1 jiang1 | 三都县 san1 du1 xian4 | 新都区 xin1 du1 qu1 | 望都 wang4 du1
信都 xin4 du1 | 昌都 chang1 du1 | 首都 shou3 du1 | 茶陵 cha2 ling2 | 渌口 lu4 kou3 | 洞口县 dong4 kou3 xian4 | 隆回 long2 hui2
武冈 wu3 gang1 | 城步 cheng2 bu4 | 汝城 ru3 cheng2 | 桂阳 gui4 yang2 | 泸溪 lu2 xi1 | 凤凰 feng4 huang2 | 零陵 ling2 ling2
双牌 shuang1 pai2 | 江永 jiang1 yong3 | 掇刀 duo1 dao1 | 点军 dian3 jun1 | 樊城 fan2 cheng2 | 随县 sui2 xian4 | 随州 sui2 zhou1
神农架 shen2 nong2 jia4 | 宜城 yi2 cheng2 | 石首 shi2 shou3 | 孝感 xiao4 gan3 | 咸宁 xian2 ning2 | 通城 tong1 cheng2
十堰 shi2 yan4 | 竹溪 zhu2 xi1 | 嵩县 song1 xian4 | 嵩山 song1 shan1 | 瀍河 chan2 he2 | 湛河 zhan4 he2 | 内黄 nei4 huang2
殷都 yin1 du1 | 浉河 shi1 he2 | 卢氏 lu2 shi4 | 夏邑 xia4 yi4 | 鹿邑 lu4 yi4 | 正阳 zheng4 yang2 | 正定 zheng4 ding4
正安 zheng4 an1 | 正宁 zheng4 ning2 | 社旗 she4 qi2 | 内乡 nei4 xiang1 | 西峡 xi1 xia2 | 固始 gu4 shi3 | 息县 xi1 xian4
项城 xiang4 cheng2 | 虞城 yu2 cheng2 | 宝丰 bao3 feng1 | 鲁山 lu3 shan1 | 汝州 ru3 zhou1 | 宁陵 ning2 ling2 | 济水 ji3 shui3
元氏 yuan2 shi4 | 赞皇 zan4 huang2 | 无极县 wu2 ji2 xian4 | 涉县 she4 xian4 | 大名县 da4 ming2 xian4 | 内丘 nei4 qiu1
临城 lin2 cheng2 | 馆陶 guan3 tao2 | 鸡泽 ji1 ze2 | 容城 rong2 cheng2 | 雄县 xiong2 xian4 | 青县 qing1 xian4 | 献县 xian4 xian4
滦平 luan2 ping2 | 丰宁 feng1 ning2 | 阳原 yang2 yuan2 | 昌黎 chang1 li2 | 抚宁 fu3 ning2 | 阳曲 yang2 qu3 | 娄烦 lou2 fan2
万柏林 wan4 bai3 lin2 | 介休 jie4 xiu1 | 祁县 qi2 xian4 | 榆次 yu2 ci4 | 左权 zuo3 quan2 | 平遥 ping2 yao2 | 侯马 hou2 ma3
陵川 ling2 chuan1 | 沁水 qin4 shui3 | 沁县 qin4 xian4 | 壶关 hu2 guan1 | 襄汾 xiang1 fen2 | 乡宁 xiang1 ning2 | 临县 lin2 xian4
中阳 zhong1 yang2 | 代县 dai4 xian4 | 偏关 pian1 guan1 | 合阳 he2 yang2 | 略阳 lve4 yang2 | 宁强 ning2 qiang2
延长县 yan2 chang2 xian4 | 子洲 zi3 zhou1 | 绥德 sui2 de2 | 耀州 yao4 zhou1 | 阎良 yan2 liang2 | 周至 zhou1 zhi4
陇县 long3 xian4 | 麟游 lin2 you2 | 扶风 fu2 feng1 | 眉县 mei2 xian4 | 洋县 yang2 xian4 | 成县 cheng2 xian4 | 徽县 hui1 xian4
阿克塞 a1 ke4 sai4 | 碌曲县 lu4 qu3 xian4 | 曲麻莱 qu3 ma2 lai2 | 大柴旦 da4 chai2 dan4 | 刚察 gang1 cha2 | 同仁 tong2 ren2
循化 xun2 hua4 | 化隆 hua4 long2 | 中宁 zhong1 ning2 | 中卫 zhong1 wei4 | 隆德 long2 de2 | 同心县 tong2 xin1 xian4
叶城 ye4 cheng2 | 麦盖提 mai4 gai4 ti2 | 阿合奇 a1 he2 qi2 | 乌恰 wu1 qia4 | 柯坪 ke1 ping2 | 阿瓦提 a1 wa3 ti2
托克逊 tuo1 ke4 xun4 | 巴里坤 ba1 li3 kun1 | 呼图壁 hu1 tu2 bi4 | 玛纳斯 ma3 na4 si1 | 尼勒克 ni2 le4 ke4
和布克赛尔 he2 bu4 ke4 sai4 er3 | 阿克苏 a1 ke4 su1 | 哈巴河 ha1 ba1 he2 | 哈密 ha1 mi4 | 奎屯 kui2 tun2
霍尔果斯 huo4 er3 guo3 si1 | 伊犁 yi1 li2 | 合江 he2 jiang1 | 合川 he2 chuan1 | 合肥 he2 fei2 | 合浦 he2 pu3 | 荣县 rong2 xian4
隆昌 long2 chang1 | 屏山 ping2 shan1 | 盐亭 yan2 ting2 | 剑阁 jian4 ge2 | 苍溪 cang1 xi1 | 蓬溪 peng2 xi1 | 蓬安 peng2 an1
威远 wei1 yuan3 | 中江 zhong1 jiang1 | 大竹 da4 zhu2 | 宣汉 xuan1 han4 | 邻水 lin2 shui3 | 岳池 yue4 chi2 | 洪雅 hong2 ya3
石渠 shi2 qu2 | 理县 li3 xian4 | 茂县 mao4 xian4 | 峨边 e2 bian1 | 沐川 mu4 chuan1 | 越西 yue4 xi1 | 甘洛 gan1 luo4
美姑 mei3 gu1 | 石柱 shi2 zhu4 | 城口 cheng2 kou3 | 巫溪 wu1 xi1 | 大足 da4 zu2 | 铜梁 tong2 liang2 | 南川 nan2 chuan1
凤冈 feng4 gang1 | 息烽 xi1 feng1 | 纳雍 na4 yong1 | 威宁 wei1 ning2 | 赫章 he4 zhang1 | 从江 cong2 jiang1 | 榕江 rong2 jiang1
施秉 shi1 bing3 | 桐梓 tong2 zi3 | 习水 xi2 shui3 | 宁蒗 ning2 lang4 | 腾冲 teng2 chong1 | 呈贡 cheng2 gong4 | 澄江 cheng2 jiang1
师宗 shi1 zong1 | 陆良 lu4 liang2 | 宣威 xuan1 wei1 | 巍山 wei1 shan1 | 南涧 nan2 jian4 | 耿马 geng3 ma3 | 沧源 cang1 yuan2
盈江 ying2 jiang1 | 芒市 mang2 shi4 | 泸西 lu2 xi1 | 丘北 qiu1 bei3 | 西畴 xi1 chou2 | 墨江 mo4 jiang1 | 孟连 meng4 lian2
宁南 ning2 nan2 | 会泽县 hui4 ze2 xian4 | 任城 ren2 cheng2 | 陵城 ling2 cheng2 | 坊子区 fang1 zi3 qu1 | 广饶 guang3 rao2
饶阳 rao2 yang2 | 饶平 rao2 ping2 | 饶河 rao2 he2 | 阳谷 yang2 gu3 | 平邑 ping2 yi4 | 临邑 lin2 yi4 | 昌邑 chang1 yi4
垦利 ken3 li4 | 定陶 ding4 tao2 | 沾化 zhan1 hua4 | 长岛 chang2 dao3 | 荣成 rong2 cheng2 | 文登 wen2 deng1 | 招远 zhao1 yuan3
蓬莱 peng2 lai2 | 蓟县 ji4 xian4 | 蓟州 ji4 zhou1 | 宝坻 bao3 di3 | 塘沽 tang2 gu1 | 大沽 da4 gu1 | 汉沽 han4 gu1 | 宁河 ning2 he2
静海 jing4 hai3 | 鲅鱼圈 ba4 yu2 quan1 | 兴城市 xing1 cheng2 shi4 | 葫芦岛 hu2 lu2 dao3 | 凌源 ling2 yuan2 | 喀左 ka1 zuo3
绥棱 sui2 leng2 | 嘉荫 jia1 yin4 | 扶余 fu2 yu2 | 通榆 tong1 yu2 | 靖宇 jing4 yu3 | 阿城区 a1 cheng2 qu1
五大连池 wu3 da4 lian2 chi2 | 呼玛 hu1 ma3 | 虎林 hu3 lin2 | 绥滨 sui2 bin1 | 肇源 zhao4 yuan2 | 海伦 hai3 lun2 | 青冈 qing1 gang1
卓资 zhuo2 zi1 | 清水河 qing1 shui3 he2 | 土默特 tu3 mo4 te4 | 达拉特 da2 la1 te4 | 准格尔 zhun3 ge2 er3 | 乌审 wu1 shen3
鄂托克 e4 tuo1 ke4 | 鄂尔多斯 e4 er3 duo1 si1 | 鄂伦春 e4 lun2 chun1 | 莫力达瓦 mo4 li4 da2 wa3 | 科尔沁 ke1 er3 qin4
翁牛特 weng1 niu2 te4 | 巴林右旗 ba1 lin2 you4 qi2 | 阿荣旗 a1 rong2 qi2 | 阿尔山 a1 er3 shan1 | 额济纳 e2 ji4 na4 | 临河 lin2 he2
五原 wu3 yuan2 | 杭锦 hang2 jin3 | 多伦 duo1 lun2 | 太仆寺旗 tai4 pu2 si4 qi2 | 会稽山 kuai4 ji1 shan1 | 天姥山 tian1 mu3 shan1
嵖岈山 cha2 ya2 shan1 | 吐谷浑 tu3 yu4 hun2 | 龟兹 qiu1 ci2 | 月氏 yue4 zhi1 | 大宛 da4 yuan1 | 吐蕃 tu3 bo1
阿房宫 e1 pang2 gong1 | 燕山 yan1 shan1 | 燕赵 yan1 zhao4 | 燕郊 yan1 jiao1 | 燕京 yan1 jing1 | 南燕 nan2 yan1 | 后燕 hou4 yan1
幽燕 you1 yan1 | 单父 shan4 fu3 | 蔚州 yu4 zhou1 | 尉氏县 wei4 shi4 xian4 | 华容道 hua2 rong2 dao4 | 氹仔 dang4 zai3
妫河 gui1 he2 | 妫水 gui1 shui3 | 潴龙河 zhu1 long2 he2 | 滹沱河 hu1 tuo2 he2 | 漳河 zhang1 he2 | 洛河 luo4 he2 | 伊洛 yi1 luo4
沂河 yi2 he2 | 沭河 shu4 he2 | 泗水 si4 shui3 | 泌阳县 bi4 yang2 xian4 | 泌水 bi4 shui3 | 洨河 xiao2 he2 | 浍河 hui4 he2
淠河 pi4 he2 | 淠史杭 pi4 shi3 hang2 | 史河 shi3 he2 | 泷水 shuang1 shui3 | 济河 ji3 he2 | 济北 ji3 bei3 | 济西 ji3 xi1
济南市 ji3 nan2 shi4 | 沱湖 tuo2 hu2 | 洪泽 hong2 ze2 | 高邮 gao1 you2 | 巢湖 chao2 hu2 | 鄱阳湖 po2 yang2 hu2
洞庭湖 dong4 ting2 hu2 | 大渡河 da4 du4 he2 | 嘉陵江 jia1 ling2 jiang1 | 乌苏里江 wu1 su1 li3 jiang1 | 塔里木 ta3 li3 mu4
准噶尔 zhun3 ga2 er3 | 柴达木 chai2 da2 mu4 | 可可西里 ke3 ke3 xi1 li3 | 昆仑 kun1 lun2 | 六盘山 liu4 pan2 shan1
长白山 chang2 bai2 shan1 | 六安市 lu4 an1 shi4 | 六安县 lu4 an1 xian4 | 六合 lu4 he2 | 大埔县 da4 bu4 xian4
浒湾镇 xu3 wan1 zhen4 | 浒浦 xu3 pu3 | 甪里 lu4 li3 | 栟茶镇 ben1 cha2 zhen4 | 乐亭县 lao4 ting2 xian4 | 乐陵市 lao4 ling2 shi4
乐清市 yue4 qing1 shi4 | 乐都区 le4 du1 qu1 | 大庾岭 da4 yu3 ling3 | 牟平区 mu4 ping2 qu1 | 牟县 mu4 xian4 | 滨州 bin1 zhou1
台前县 tai2 qian2 xian4 | 高台县 gao1 tai2 xian4 | 东台 dong1 tai2 | 烟台 yan1 tai2 | 灵台 ling2 tai2 | 轮台 lun2 tai2
丰台 feng1 tai2 | 钓鱼台 diao4 yu2 tai2 | 大悟县 da4 wu4 xian4 | 临洮县 lin2 tao2 xian4 | 三河市 san1 he2 shi4
行唐县 xing2 tang2 xian4 | 太行山 tai4 hang2 shan1 | 太行 tai4 hang2 | 长垣县 chang2 yuan2 xian4 | 东莞市 dong1 guan3 shi4
莞城 guan3 cheng2 | 穗港 sui4 gang3 | 涌口 chong1 kou3 | 石涌 shi2 chong1 | 涌边 chong1 bian1 | 涌尾 chong1 wei3 | 西涌 xi1 chong1
大涌镇 da4 chong1 zhen4 | 蟛蜞涌 peng2 qi2 chong1 | 虾涌 xia1 chong1 | 蚝涌 hao2 chong1 | 黄埔区 huang2 pu3 qu1 | 东埔 dong1 pu3
柘林 zhe4 lin2 | 柘皋 zhe4 gao1
""")
