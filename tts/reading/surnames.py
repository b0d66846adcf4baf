"""Surnames that are read otherwise than the same character in a word, and where in a sentence a character is a surname."""

from __future__ import annotations

import re
from collections.abc import Callable

from tts.reading.table import table

SURNAMES = table("""
单 shan4 | 仇 qiu2 | 解 xie4 | 查 zha1 | 区 ou1 | 任 ren2 | 曾 zeng1 | 华 hua4 | 盖 ge3 | 葛 ge3 | 朴 piao2 | 翟 zhai2 | 缪 miao4 | 乐 yue4
员 yun4 | 冼 xian3 | 纪 ji3 | 燕 yan1 | 应 ying1 | 召 shao4 | 逄 pang2 | 隗 kui2 | 褚 chu3 | 晁 chao2 | 郗 xi1 | 郄 qie4 | 卜 bu3 | 种 chong2
覃 qin2 | 尉 wei4 | 宓 mi4 | 牟 mou2 | 哈 ha3 | 黑 he4 | 盛 sheng4 | 薄 bo2 | 柏 bai3 | 车 che1 | 费 fei4 | 句 gou1 | 过 guo1
贾 jia3 | 强 qiang2 | 乜 nie4 | 粘 nian2 | 祭 zhai4 | 秘 bi4 | 繁 po2 | 晟 cheng2 | 石 shi2 | 沈 shen3 | 曲 qu1 | 谌 chen2 | 干 gan1 | 占 zhan1
蔺 lin4 | 逯 lu4 | 暨 ji4 | 阚 kan4 | 阙 que1 | 瞿 qu2 | 仝 tong2 | 亓 qi2 | 佘 she2 | 邸 di3 | 相 xiang4 | 都 du1 | 隽 juan4 | 折 she2
侯 hou2 | 宁 ning2 | 甯 ning4 | 於 yu1 | 俞 yu2 | 洗 xian3 | 臧 zang1 | 万 wan4 | 幸 xing4 | 訾 zi1 | 藏 zang4 | 撒 sa3 | 尹 yin3 | 呙 guo1
禚 zhuo2 | 莘 shen1 | 揭 jie1 | 降 jiang4 | 钻 zuan1 | 炅 gui4 | 郇 xun2 | 璩 qu2 | 鲍 bao4 | 幺 yao1 | 家 jia1 | 祖 zu3 | 景 jing3 | 闵 min3
殷 yin1 | 宿 su4 | 宗 zong1 | 谷 gu3 | 耿 geng3 | 庹 tuo3 | 妫 gui1 | 麴 qu1 | 芮 rui4 | 羿 yi4 | 汲 ji2 | 邴 bing3 | 糜 mi2 | 郏 jia2
戚 qi1 | 郦 li4 | 昝 zan3 | 钭 tou3 | 郜 gao4 | 璩 qu2 | 濮 pu2 | 扈 hu4 | 郏 jia2 | 浦 pu3 | 溥 pu3 | 邬 wu1 | 滑 hua2 | 裘 qiu2 | 宦 huan4
祝 zhu4 | 娄 lou2 | 祁 qi2 | 恽 yun4 | 苌 chang2 | 仉 zhang3 | 缑 gou1 | 亢 kang4 | 厍 she4 | 晏 yan4 | 阎 yan2 | 慕 mu4 | 戈 ge1 | 索 suo3
哈 ha3 | 笪 da2 | 年 nian2 | 爱 ai4 | 佟 tong2 | 言 yan2 | 福 fu2 | 芈 mi3 | 撖 han4 | 眭 sui1 | 睢 sui1 | 覃 qin2 | 母 mu3 | 朱 zhu1 | 着 zhao1
""")
COMPOUND = table("""
尉迟 yu4 chi2 | 万俟 mo4 qi2 | 长孙 zhang3 sun1 | 澹台 tan2 tai2 | 令狐 ling2 hu2 | 鲜于 xian1 yu2 | 单于 chan2 yu2 | 皇甫 huang2 fu3
夏侯 xia4 hou2 | 申屠 shen1 tu2 | 颛孙 zhuan1 sun1 | 乐正 yue4 zheng4 | 拓跋 tuo4 ba2 | 夹谷 jia2 gu3 | 宰父 zai3 fu3 | 亓官 qi2 guan1
子车 zi3 ju1 | 慕容 mu4 rong2 | 欧阳 ou1 yang2 | 司徒 si1 tu2 | 诸葛 zhu1 ge3 | 上官 shang4 guan1 | 公孙 gong1 sun1 | 呼延 hu1 yan2
司空 si1 kong1 | 濮阳 pu2 yang2 | 淳于 chun2 yu2 | 轩辕 xuan1 yuan2 | 钟离 zhong1 li2 | 宇文 yu3 wen2 | 赫连 he4 lian2 | 闻人 wen2 ren2
独孤 du2 gu1 | 纳兰 na4 lan2 | 完颜 wan2 yan2 | 耶律 ye1 lv4 | 叶赫 ye4 he4 | 爱新觉罗 ai4 xin1 jue2 luo2 | 那拉 na4 la1 | 即墨 ji2 mo4
""")
PEOPLE = table("""
华罗庚 hua4 luo2 geng1 | 华佗 hua4 tuo2 | 曾子 zeng1 zi3 | 曾参 zeng1 shen1 | 曾巩 zeng1 gong3 | 曾国藩 zeng1 guo2 fan1 | 曾国荃 zeng1 guo2 quan2
任正非 ren2 zheng4 fei1 | 任弼时 ren2 bi4 shi2 | 任贤齐 ren2 xian2 qi2 | 任达华 ren2 da2 hua2 | 任长霞 ren2 chang2 xia2 | 任嫣 ren2 yan1
解缙 xie4 jin4 | 解珍 xie4 zhen1 | 解宝 xie4 bao3 | 解晓东 xie4 xiao3 dong1 | 单雄信 shan4 xiong2 xin4 | 单田芳 shan4 tian2 fang1 | 单霁翔 shan4 ji4 xiang2
查良镛 zha1 liang2 yong1 | 查慎行 zha1 shen4 xing2 | 查济 zha1 ji4 | 仇英 qiu2 ying1 | 朴槿惠 piao2 jin3 hui4 | 朴正熙 piao2 zheng4 xi1
盖叫天 ge3 jiao4 tian1 | 盖聂 ge3 nie4 | 葛洪 ge3 hong2 | 葛优 ge3 you1 | 纪晓岚 ji3 xiao3 lan2 | 纪昀 ji3 yun2 | 纪信 ji3 xin4 | 燕青 yan1 qing1 | 燕昭王 yan1 zhao1 wang2
乐毅 yue4 yi4 | 乐嘉 yue4 jia1 | 召公 shao4 gong1 | 种师道 chong2 shi1 dao4 | 翟志刚 zhai2 zhi4 gang1 | 缪贤 miao4 xian2 | 冼星海 xian3 xing1 hai3
应采儿 ying1 cai3 er2 | 柏杨 bo2 yang2 | 区寄 ou1 ji4 | 尉缭 wei4 liao2 | 老舍 lao3 she3 | 华生 hua2 sheng1 | 华氏 hua2 shi4 | 郦食其 li4 yi4 ji1 | 审食其 shen3 yi4 ji1
伍子胥 wu3 zi3 xu1 | 范蠡 fan4 li3 | 樊於期 fan2 wu1 ji1 | 嫪毐 lao4 ai3 | 冒顿 mo4 du2 | 金日磾 jin1 mi4 di1 | 皋陶 gao1 yao2 | 万俟卨 mo4 qi2 xie4
妲己 da2 ji3 | 褒姒 bao1 si4 | 夏侯惇 xia4 hou2 dun1 | 曹参 cao2 shen1 | 秦桧 qin2 hui4 | 郑和 zheng4 he2 | 佘太君 she2 tai4 jun1 | 尉迟恭 yu4 chi2 gong1
""")
_TITLES = (
    "老师傅|老师|先生|女士|小姐|副?主任|副?书记|副?支书|副?村长|副?主席|医生|兽医|大夫|护士|师傅|大爷|大娘|大妈|大叔|大婶|大伯|大哥|大姐|大嫂|大爹|奶奶|爷爷|"
    "阿姨|阿婆|阿公|叔叔|婶婶|婶子|嫂子|伯伯|伯父|老汉|老太太?|老爹|老伯|太太|夫人|副?经理|副?厂长|副?校长|副?局长|副?镇长|副?乡长|副?县长|副?市长|区长|组长|队长|"
    "副?站长|副?所长|副?院长|会长|科长|副?处长|股长|班长|班主任|社长|场长|店长|会计|出纳|副?教授|同志|同学|律师|法官|检察官|警官|民警|警察|工程师|总工|技术员|农技员|"
    "网格员|护林员|保管员|辅导员|指导员|联络员|调解员|宣传员|饲养员|炊事员|司机|老板娘?|委员|干事|秘书|助理|顾问|专家|博士|院士|将军|司令|副?部长|副?省长|"
    "总理|总统|董事长?|总监|教练|导演|记者|编辑|团长|连长|排长|营长|师长|参谋|村医|队医|校医|大队长|家属|某某?|氏|总|工|哥|姐|嫂|叔|婶|姨|爷|奶|伯|姓"
)
_SHORT = frozenset("总工哥姐嫂叔婶姨爷奶伯姓")
"""Titles of one character also begin words (工作, 总是): they count only at the end of their stretch or before a verb."""
_GIVEN = frozenset(
    "玉兰英秀芳丽娟敏静霞红梅花桂珍淑琴凤莲翠云香菊春秋冬夏雪月娥娜婷婉莉莎萍琳琪瑶慧洁雅妍颖倩欣怡佳嘉美艳燕芬芝荣华国建军民强刚伟勇杰涛鹏飞"
    "龙虎龄宝贵富财福禄寿喜庆祥瑞吉祺永志文武斌超明亮光辉晓晨阳东南北西江河海波浩洋泽润山峰林森木树松柏杨柳根生水金银铜铁钢石磊岩成功胜利有发达昌兴旺"
    "隆盛德仁义礼智信忠孝良善正平安康宁和顺恩惠学思远立业新宏伯仲叔季长少大小子天地世家全友乐朋宗先启广清绍承继祖耀彦俊豪凯宇轩睿博涵梓雨诗"
    "一二三四五六七八九十万千元旭升昊然恒毅坤鑫淼焱培振向前进革卫社农工爱珠秉茂芸薇蓉蕾琼彩巧妹娇媛娣姣姗娴婧嫣嫦嫚妮妞姝冰洪庚藩佗镛罡罗田霖雷霆震电"
    "益道守保维克其如若自存占效传本来银锁柱栓牛狗羊马石头铭钧锋锐钊锦铮鸿鹤鸣鹃燕雁凡非凌晶晖晔暄昕昱晟景星辰辉炎炳焕煜熙炜炯灿烨烽煌熊珊玲珏珂珑琛琦琨瑛瑾璐璇"
    "璋玮玥君钰萱菲菁菡蓓荷莹莺茜茹芮苗艺苏若英茵筠竹笛箫书画墨砚翰棋语诚谦谊谨诺识谋让言论训诗诤赞泰岳峻岭崇嵩岚川溪泉淳渊湘潇瀚滨沛沐沁汉汝津润渝"
    "尚志忆怀念悦愉恺惟意心必思贤能才公开叫改换双连运远近逸达迎通选遵道丹青白紫蓝黄绿赤朱玄素朴实干敬敏政放改效勤劳动力加劲助勋胜务厚原友双台叶吟"
    "雄威毅彪魁骏骥驰腾跃冠群聪哲廉俭温恭淑贞端庄璧瑜琬锡钟鼎铃壮健延彭樱楷榕苇薪垚昂昭晴曙朗望勃勉佩侠俐伶佑佐伊宪钱粟穗稳畅甜笑欢乔雁鸥鹰骄驹麟狮豹蛟鲲"
    "立为民党团员代秋收获丰登粮稻麦谷禾秧苗满仓囤田园圃菜果桃李杏梨枣榆槐桐樟楠梁栋材材桥井泉塘湖滩岛港湾帆舟航舰"
)
_BEGINS = re.compile(
    "(?:村民|党员|[队社会学职组委雇店官议演教船海飞满]员|代表|同志|同学|老师|主任|书记|支书|[村组镇乡县市区所站校厂队班处科局院部会社店]长|会计|医生|大夫|[农养种贫困大富保残孤难]户|学生|老人|"
    "患者|母亲|父亲|爸爸|妈妈|爱人|儿子|女儿|妻子|丈夫|媳妇|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|[联系负责当事嫌疑发言申请户主持有]人|姓名|名叫|名字叫|叫做|就是|[技护]士|[格联保护炊调饲通宣讲术]员|模范|"
    "英雄|烈士|战士|战友|邻居|亲戚|老乡|孤儿|[作画歌专]家|司机|歌手|选手|获奖者|志愿者|先进个人|作者|记者|教授|专家|经理|老板|[叫是请找给让和与跟同向由及为被把]|通知|告知|提醒|帮助|陪同|寻找|祝贺|恭喜|感谢|表扬|慰问|联系|邀请|[本我该邻各][村组队乡镇县厂校院站]|[:：、，。；！？“”()（）《》\\s])$"
)
_AFTER = re.compile(
    "$|[^\u4e00-\u9fff]|[身说在是的和同等与及向对把被给家又也将已从为任到去来了因于以叫让请有没不要想就]|告诉|表示|介绍|担任|负责|作|唱|上|下|报|捐|获|当|考|参|组|带|走|今|昨|明|回|老|你|我|他"
)
_TITLE = re.compile(_TITLES)
_WEAK = frozenset("区都相过种那哈黑员应秘强句干占万宁乐石车家年爱母着言福索景谷宗祖费降钻祭洗撒粘藏折盛薄繁幸祝滑")
"""Ordinary words by themselves; they are surnames before a title at the beginning of their stretch, after 姓, or with a full name."""
_NEVER_NAMED = frozenset("种都过相折着年母家爱言福干占强钻降祭粘洗黑索哈应秘句谷")
"""Of these a full name alone is not enough: 种小麦, 都有人."""
_VERBS = frozenset("任曾查解盖")
"""Words that begin a sentence and its stretches too: a name must end where it ends, or follow a word for a person."""
_NICKNAME = frozenset("老小阿大")
_ENDS_WORD = {
    "区": "社小片辖校园镇城景矿灾市地牧农林山库禁郊新老本全各该分特战军东西南北中街县政行险厂住居",
    "任": "主担兼离前首现历新原上留责信委聘连升继接卸胜放出就调转充重大己一自常曾升他她我你们并后先年月日起",
    "单": "名菜简孤清账订保罚床传买下不回货运税表体男女",
    "解": "了理调讲和化见缓分误溶注辩图瓦押不难求",
    "查": "检调审督普抽排核巡清追稽勘侦复盘严搜倒筛",
    "乐": "音快欢娱声器俱奏享安民康可", "曲": "歌戏作乐弯扭酒大编插", "都": "首古成大全京故国", "员": "人成队社党学教职官会演船海动满委议雇店议",
    "种": "品各这那一几两多物耕播撒火麦稻良育栽某何", "过": "不通超经路见去来走说做看吃用到也再", "相": "互真首亮照变长", "黑": "漆抹天乌", "应": "供反响适对感效答",
    "折": "打存骨曲挫", "车": "汽火马开停上下货客校公电动", "那": "在从和", "石": "化岩矿宝玉磁", "华": "中才光精繁豪年京", "薄": "单微淡厚", "盛": "茂强旺丰",
    "曾": "也不未他她我你们虽并后前还都又早年亦就便则均皆", "宁": "安康辽南西东", "干": "骨才树若能", "强": "加自增坚顽富列", "费": "免收交缴水电学浪消经", "占": "侵强抢", "着": "看",
}  # fmt: skip
_PLACE = "池庄沟湾坪坝屯寨店坡岭塘桥河洼台营集镇口山冲畈堰港埠庙楼园院村梁峁塬崖峪堡铺埠窝窑圩墩渡滩洲岗埂咀嘴坎垭槽洞坳埔厝埕墟场井泉浜渚荡溪涧岔川阁疃夼泊"

Known = Callable[[str], bool]


def surname_at(text: str, at: int, known: Known) -> tuple[str, ...] | None:
    """The reading of the surname that begins at ``at``, None where the character is none. ``known`` tells words of the dictionary."""
    pair = text[at : at + 2]
    if pair in COMPOUND and _compound(text, at, pair):
        return COMPOUND[pair]
    name = text[at : at + 1]
    return SURNAMES[name] if name in SURNAMES and _is_surname(text, at, name, known) else None


def _compound(text: str, at: int, name: str) -> bool:
    before, after = text[max(0, at - 4) : at], text[at + 2 : at + 6]
    if before and before[-1] in _ENDS_WORD.get(name[0], ""):
        return False
    return (
        name not in ("长孙", "上官", "乐正", "子车", "即墨", "那拉")
        or _titled(after)
        or before.endswith("姓")
        or _beginning(before)
    )


def _is_surname(text: str, at: int, name: str, known: Known) -> bool:
    before, after = text[max(0, at - 6) : at], text[at + 1 : at + 6]
    if before.endswith("姓") and not before.endswith("百姓"):
        return True
    begins = _beginning(before)
    called = begins and _is_han(before[-1:])
    if after[:1] == "家" and after[1:2] and after[1] in _PLACE and not known(text[at - 1 : at + 1]):
        return True
    ends_word = bool(before) and (before[-1] in _ENDS_WORD.get(name, "") or (known(text[at - 1 : at + 1]) and not begins))
    if ends_word and not (before[-1:] in "老小" and after[:1] == "家"):
        return False
    if _titled(after) and (not known(name + after[:1]) or after.startswith("县长")):
        return begins or name not in _WEAK
    if before[-1:] in _NICKNAME and re.match("家[的里有]", after):
        return True
    if before[-1:] in _NICKNAME and name not in "家年大万" and not known(before[-1:] + name) and _AFTER.match(after):
        return _beginning(before[:-1]) or name not in _WEAK
    if before[-1:] == "老" and after[:1] == "头" and not known(after[:2]) and not known("老" + name):
        return True
    return _full_name(begins, called, name, after, known)


def _beginning(before: str) -> bool:
    """Whether a name may begin after these characters."""
    return not before or bool(_BEGINS.search(before))


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _titled(after: str) -> bool:
    found = _TITLE.match(after)
    if found is None:
        return False
    return found.group() not in _SHORT or bool(_AFTER.match(after[found.end() :]))


def _full_name(begins: bool, called: bool, name: str, after: str, known: Known) -> bool:
    """A surname and one or two characters people are named with, where a name may begin and end; ``called``: after a word for a person."""
    if name in _NEVER_NAMED:
        return False
    if begins and re.match("老[大二三四五六七八幺](?![道街路区楼号])", after):
        return True
    for length in (2, 1):
        given = after[:length]
        if len(given) < length or not all(char in _GIVEN for char in given) or known(name + given[0]) or known(name + given):
            continue
        rest = after[length:]
        ends = bool(_AFTER.match(rest)) or _titled(rest)
        if length == 1 and (known(given + rest[:1]) or name in _WEAK):
            continue
        if begins and (ends or (length == 2 and (called or name not in _WEAK | _VERBS))):
            return True
        if length == 2 and ends and name not in _WEAK and not known(given):
            return True
    return False
