"""What the drawn lines say: contacts, sales talk, prices and dates, and rows of characters at random.

Everything here is made up. Rows at random make sure that each character of the alphabet is seen often, and that the reader
learns shapes rather than the project's phrases.
"""

from pathlib import Path

ALPHABET = (Path(__file__).parent.parent / "alphabet.txt").read_text(encoding="utf-8").rstrip("\n")
KNOWN = set(ALPHABET)
HAN = "".join(c for c in ALPHABET if "\u4e00" <= c <= "\u9fff" or c == "〇")
# The alphabet's Han that contacts stand on are drawn more often.
CONTACT_HAN = "微信薇威徽维卫加家佳扣口群裙君羊号码咨询联系电话手机热线客服公众私搜关注领取同步主页简介抖音快手小红书店铺"
DIGITS = "0123456789"
LATIN = "abcdefghijklmnopqrstuvwxyz"
IDS = LATIN * 3 + DIGITS * 4 + "_-"

CHANNELS = (
    "微信 VX vx V信 v信 薇信 威信 徽信 WX wx WeChat 微 薇 v V QQ qq 扣扣 Q群 QQ群 微信群 群 抖音号 抖音 快手 快手号 小红书 小红书号 公众号 "
    "视频号 企业微信 客服微信 微信号 微信同号 电话 手机 手机号 热线 客服电话 联系电话 电话/微信 tel Tel TEL 支付宝 淘宝店 淘宝 店铺 钉钉 "
    "邮箱 卡号 户名 开户行 WhatsApp LINE ins"
).split()
VERBS = "加 加我 加下 添加 搜 搜索 扫码加 请加 联系 咨询 私信 私聊 找我 关注 进 进群加 认准 欢迎加 老板加 备注 领福利加 详询 下单加 售后加".split()
TAILS = "领红包 领福利 进群 有优惠 返现 同号 备注直播间 详聊 咨询 拿底价 送样品 加我 下单 发货 有惊喜 领优惠券 改价 便宜一半 见面聊".split()
NOUNS = (
    "茶叶 绿茶 红茶 白茶 茶杯 茶具 针织衫 卫衣 外套 羽绒服 牛仔裤 连衣裙 围巾 帽子 拖鞋 面膜 面霜 精华 洗发水 沐浴露 牙膏 纸巾 奶粉 玩具 图书 瓷器 "
    "紫砂壶 台灯 床单 枕头 毛巾 雨伞 手表 项链 戒指 耳环 手镯 苹果 橙子 草莓 芒果 核桃 花生 瓜子 红枣 枸杞 蜂蜜 大米 面粉 酱油 白酒 牛肉 羊肉 鸡蛋 "
    "海鲜 大虾 豆腐 维生素 口红 香水 瓜果 童装 书包 水杯 锅具 刀具 耳机 充电器 数据线 音箱 键盘"
).split()
SALES = (
    "限时秒杀 新品首发 全场包邮 买一送一 第二件半价 拍下立减 假一赔十 官方正品 厂家直发 产地直供 现货速发 顺丰包邮 七天无理由退换 运费险 售后无忧 "
    "会员专享 积分兑好礼 粉丝专享价 直播间专属 福袋开奖 评论区扣1 点击下方链接 加入购物车 加购有礼 库存不多 最后一天 错过再等一年 双11狂欢 年货节 "
    "支持微信支付 微信小店 小店发货 先到先得 限量发售 手慢无 老板大气 宝宝们 家人们 点点关注 左上角福利 右下角购物袋 今晚八点 准时开播 明天返场 "
    "不满意包退 品质保证 源头工厂 非遗工艺 匠心手作 手工制作 每日鲜采 高山有机 无添加 净含量 产品规格 生产日期 保质期 配料表 温馨提示 尺码表 身高体重"
).split()
UNITS = "元 块 件 折 斤 克 毫升 ml g kg 包 盒 瓶 支 片 只 码 cm 米 年 月 天 小时 分钟 人 名 号链接 期".split()


def pick(rng, items):
    """One of some items."""
    return items[int(rng.integers(len(items)))]


def row(rng, characters, length):
    """A row of characters at random."""
    return "".join(characters[i] for i in rng.integers(len(characters), size=length))


def identifier(rng):
    """What stands for a person: an id, a mobile number, another number."""
    kind = rng.random()
    if kind < 0.3:
        number = "1" + pick(rng, "3456789") + row(rng, DIGITS, 9)
        joint = pick(rng, ("", "", "", " ", "-"))
        return joint.join((number[:3], number[3:7], number[7:])) if joint else number
    if kind < 0.45:
        return row(rng, DIGITS, int(rng.integers(5, 11)))
    if kind < 0.55:
        return pick(rng, ("400-", "0755-", "010-", "021 ")) + row(rng, DIGITS, 3) + "-" + row(rng, DIGITS, 4)
    word = row(rng, LATIN, int(rng.integers(2, 8)))
    rest = row(rng, pick(rng, (DIGITS, DIGITS, IDS)), int(rng.integers(0, 6)))
    word = word.capitalize() if rng.random() < 0.1 else word.upper() if rng.random() < 0.08 else word
    return word + pick(rng, ("", "", "", "_", "-")) + rest


def contact(rng):
    """A line that leads viewers elsewhere."""
    joint = pick(rng, ("", " ", "：", ":", "： ", " : "))
    head = (pick(rng, VERBS) if rng.random() < 0.5 else "") + pick(rng, CHANNELS)
    line = head + joint + identifier(rng)
    if rng.random() < 0.25:
        line += pick(rng, ("", " ", "，")) + pick(rng, TAILS)
    return line


def price(rng):
    """Numbers with what they count."""
    number = str(int(rng.integers(1, 1000)))
    if rng.random() < 0.3:
        number += "." + row(rng, DIGITS, int(rng.integers(1, 3)))
    number = pick(rng, ("", "", "￥", "¥", "仅", "直降", "满")) + number
    return number + pick(rng, ("", " ")) + pick(rng, UNITS)


def moment(rng):
    """Days and hours."""
    day = f"{rng.integers(1, 13)}月{rng.integers(1, 32)}日"
    hour = f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}"
    return pick(rng, (day, hour, f"{day} {hour}", f"{day}-{day}", f"20{rng.integers(20, 40)}-{rng.integers(1, 13):02d}-{rng.integers(1, 32):02d}"))


def sales(rng):
    """Talk of a sale."""
    parts = [pick(rng, (SALES, NOUNS, SALES))[0:] for _ in range(int(rng.integers(1, 4)))]
    words = [pick(rng, part) for part in parts]
    if rng.random() < 0.5:
        words.insert(int(rng.integers(len(words) + 1)), pick(rng, (price, moment))(rng))
    return pick(rng, ("", "", " ", "，", "/", "·")).join(words)


def mixed(rng):
    """Characters at random, in runs of one sort."""
    line = ""
    for _ in range(int(rng.integers(1, 4))):
        characters = pick(rng, (HAN, HAN, HAN, CONTACT_HAN, IDS, DIGITS, LATIN.upper() + LATIN, ALPHABET))
        line += row(rng, characters, int(rng.integers(1, 7))) + pick(rng, ("", "", " "))
    return line.strip()


def line(rng):
    """A line of any sort, of characters that the alphabet has, and of single blanks between them."""
    maker = pick(rng, (contact, contact, contact, sales, sales, price, moment, mixed, mixed, mixed, mixed, mixed))
    text = "".join(c for c in maker(rng) if c in KNOWN or c == " ")
    return " ".join(text.split()) or "微信"
