"""Chooses the characters that the reader knows, and writes alphabet.txt.

Every printable ASCII character, the punctuation of Chinese lines, and the Han that the project's own rules, word lists, samples
and texts for merchants use most, after those of `MUST`, which contacts and sales talk need whatever they are counted.

    python alphabet.py [--han 1500]
"""

import argparse
import collections
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
# Where the project speaks of shops and live rooms; tables of readings and shapes list characters without using them.
SPOKEN = ("rules", "samples", "tests/data", "README.zh-CN.md", "docs/rules/zh", "tests/it/text_lines.rs", "crates/dianjian-text/src")
TABLES = ("crates/dianjian-text/src/tables", "/pinyin", "readings", "components")
PUNCTUATION = "，。！？、：；（）【】《》“”‘’…—·～￥¥×＋－＝／％＃＠＆＊｜→←↓↑★☆●○◆◇■□▲△▼✓✔❤♥①②③④⑤⑥⑦⑧⑨⑩"
MUST = (
    "零一二三四五六七八九十百千万亿两双壹贰叁肆伍陆柒捌玖拾〇"
    "微信薇威徽维卫伟危唯威魏嶶徵扣抠叩口群裙郡君羊号码加家佳伽咖枷嘉茄咨询联系添好友手机电话热线客服公众视频抖音快手小红书"
    "淘宝天猫京东拼多多闲鱼咸支付宝转账付款卡户名开行银农工商建设交通招邮储扫私聊密详主页简介置顶搜索关注粉丝福利领取进入"
    "同步直播间链接下单拍立减折扣秒杀限时包邮顺丰发货退换无理由假赔官方旗舰专卖营授权正品新首发降价元起送茶杯杯具"
    "狂欢年货节身高体重斤穿码净含量克升毫每日补充维生素会员积分兑击拨打咖啡有机高山手工非遗匠心农家自产自销厂家批发代理招商"
    "衣服裤子裙鞋帽包袋围巾袜内外套羽绒棉麻丝绸皮革毛呢针织衫衬领袖口罩面膜霜乳液精华水洗发沐浴露牙膏刷纸巾奶粉婴幼儿童玩具"
    "图文书籍笔墨砚琴棋画瓷器紫砂壶盏碗筷盘锅刀灯床桌椅柜沙发窗帘被枕垫毯毛巾拖鞋雨伞手表眼镜珠宝玉翡翠黄金银饰项链戒指耳环"
    "苹果香蕉橙柚桃梨葡萄草莓蓝西瓜芒樱荔枝龙眼核桃花生瓜子坚果红枣枸杞蜂蜜米面油盐酱醋糖酒肉鱼虾蟹海鲜牛羊猪鸡鸭鹅蛋菜豆腐"
    "上中下左右前后里外东南西北春夏秋冬早晚今明昨天月星期周末点分秒钟现在马上立即最后仅剩余库存抢购完疯错过再等不要别让就是可以"
)


def counted():
    """How often the project's texts use each Han character."""
    counts = collections.Counter()
    listed = subprocess.run(["git", "ls-files", *SPOKEN], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if any(table in name for table in TABLES):
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        counts.update(c for c in text if "\u4e00" <= c <= "\u9fff" or c == "〇")
    return counts


def chosen(han):
    """The alphabet in its order: ASCII, punctuation, Han."""
    ascii_ = [chr(c) for c in range(0x21, 0x7F)]
    wanted = list(dict.fromkeys(c for c in MUST))
    for character, _ in counted().most_common():
        if len(wanted) >= han:
            break
        if character not in wanted:
            wanted.append(character)
    return ascii_ + list(dict.fromkeys(PUNCTUATION)) + sorted(wanted)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--han", type=int, default=1500)
    han = arguments.parse_args().han
    (HERE / "alphabet.txt").write_text("".join(chosen(han)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
