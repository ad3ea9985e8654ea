"""Negatives with text: pages, newspapers, tables, posters, seals, phone and desktop screens, product pages."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 640
# Words of shop pages, live rooms and everyday print; single characters are mixed with them.
WORDS_ZH = (
    "扫一扫 关注我们 限时优惠 立即购买 加入购物车 领取优惠券 直播间 正在直播 主播推荐 新品上市 全场包邮 七天无理由退货 品质保证 客服电话 微信支付 支付宝 "
    "长按识别 添加好友 会员专享 满减活动 爆款 热卖 秒杀 到手价 月销 好评 店铺 首页 分类 我的 消息 订单 收藏 足迹 设置 今日特价 限购一件 产品参数 生产日期 "
    "保质期 净含量 配料表 执行标准 厂家 地址 使用方法 注意事项 温馨提示 不支持 上一页 下一页 确定 取消 搜索 更多 中国 人民 日报 新闻 经济 社会 文化 体育 国际"
).split()
WORDS_EN = (
    "sale new home cart shop price free shipping the of and to in is for on that with as are be this was by from total qty item date "
    "NET WT 500g SIZE XL 100% cotton made in size model volume warning keep dry ingredients www.example.com Follow us LIVE Buy now"
).split()
_COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"


@lru_cache(maxsize=1)
def font_files(extra=()):
    """Paths of fonts: those with Chinese first, then Latin ones."""
    roots = [Path("/usr/share/fonts"), *map(Path, extra)]
    files = sorted(p for root in roots for p in root.rglob("*") if p.suffix.lower() in (".ttf", ".ttc", ".otf"))
    chinese = [p for p in files if any(w in p.name.lower() for w in ("cjk", "wqy", "uming", "ukai", "wenkai", "cwkai"))]
    latin = [p for p in files if any(w in p.name.lower() for w in ("dejavu", "liberation", "notosans-", "notoserif-", "notosansmono", "notosansdisplay"))]
    return chinese, latin


@lru_cache(maxsize=256)
def _font(path, size):
    return ImageFont.truetype(str(path), size)


def font(rng, size, chinese=True):
    zh, latin = font_files()
    pool = zh if chinese or not latin else latin
    return _font(pool[int(rng.integers(len(pool)))], int(max(6, size)))


def words(rng, n, chinese=True):
    if chinese:
        out = ""
        while len(out) < n:
            out += str(rng.choice(WORDS_ZH)) if rng.random() < 0.4 else "".join(rng.choice(list(_COMMON), int(rng.integers(1, 8))))
            if rng.random() < 0.15:
                out += str(rng.choice(list(",。、:!?0123456789¥%")))
        return out[:n]
    out = " ".join(rng.choice(WORDS_EN, max(1, n // 4)))
    if rng.random() < 0.3:
        out += f" {rng.integers(10 ** 6)}"
    return out[:n]


def _canvas(rng, light=0.75):
    value = int(rng.integers(200, 256)) if rng.random() < light else int(rng.integers(0, 200))
    ink = int(np.clip(value + (-1 if value > 127 else 1) * rng.integers(60, 256), 0, 255))
    image = Image.new("L", (SIDE, SIDE), value)
    return image, ImageDraw.Draw(image), value, ink


def text_page(rng, bank):
    """Lines of one size, dense or loose, sometimes in columns and with a headline."""
    image, draw, _, ink = _canvas(rng)
    chinese = rng.random() < 0.65
    size = float(np.exp(rng.uniform(np.log(7), np.log(90))))
    face = font(rng, size, chinese)
    columns = int(rng.integers(1, 5)) if size < 20 else 1
    lead = size * rng.uniform(1.0, 2.0)
    width = SIDE / columns
    for column in range(columns):
        y = rng.uniform(0, lead)
        while y < SIDE:
            n = int(width / size * rng.uniform(0.4, 1.0)) + 1
            if not chinese:
                n *= 2
            if rng.random() < 0.93:
                draw.text((column * width + 3, y), words(rng, n, chinese), ink, font=face)
            y += lead
    if rng.random() < 0.3:
        draw.text((10, rng.uniform(0, SIDE)), words(rng, 8, chinese), ink, font=font(rng, rng.uniform(40, 120), chinese))
    return np.asarray(image).copy()


def vertical_text(rng, bank):
    """Vertical columns of characters: old print, calligraphy, couplets."""
    image, draw, _, ink = _canvas(rng)
    size = rng.uniform(10, 110)
    face = font(rng, size)
    x = 4.0
    while x < SIDE:
        for i, letter in enumerate(words(rng, int(SIDE / size) + 1)):
            draw.text((x, i * size * 1.05), letter, ink, font=face)
        x += size * rng.uniform(1.0, 1.6)
    return np.asarray(image).copy()


def seals(rng, bank):
    """Red seals: characters in a square or round frame, as positive or negative."""
    image, draw, paper, _ = _canvas(rng, 0.9)
    for _ in range(int(rng.integers(1, 9))):
        n = int(rng.integers(1, 4))
        size = rng.uniform(14, 80)
        side = size * n * 1.05 + size * 0.4
        x, y = rng.uniform(-20, SIDE - side / 2, 2)
        red = int(rng.integers(40, 130))
        reverse = rng.random() < 0.4
        shape = (x, y, x + side, y + side)
        thick = max(1, int(size * rng.uniform(0.05, 0.2)))
        if rng.random() < 0.7:
            draw.rectangle(shape, fill=red if reverse else None, outline=red, width=thick)
        else:
            draw.ellipse(shape, fill=red if reverse else None, outline=red, width=thick)
        face = font(rng, size)
        for i, letter in enumerate(words(rng, n * n)):
            draw.text((x + size * 0.2 + i // n * size * 1.05, y + size * 0.15 + i % n * size), letter, paper if reverse else red, font=face)
    return np.asarray(image).copy()


def table(rng, bank):
    """Tables, spreadsheets, forms, calendars."""
    image, draw, _, ink = _canvas(rng, 0.9)
    h, w = rng.uniform(12, 60), rng.uniform(20, 160)
    size = h * rng.uniform(0.35, 0.8)
    chinese = rng.random() < 0.5
    face = font(rng, size, chinese)
    line = int(rng.integers(0, 230))
    header = int(rng.integers(100, 256))
    for row, y in enumerate(np.arange(0, SIDE, h)):
        if row % int(rng.integers(2, 9)) == 0 and rng.random() < 0.5:
            draw.rectangle((0, y, SIDE, y + h), fill=header)
        for x in np.arange(0, SIDE, w):
            text = words(rng, max(1, int(w / size * rng.uniform(0.3, 0.9))), chinese) if rng.random() < 0.5 else f"{rng.integers(10 ** int(rng.integers(1, 6)))}"
            draw.text((x + 3, y + 2), text[: max(1, int(w / size * 1.6))], ink, font=face)
            if row == 0:
                draw.line((x, 0, x, SIDE), line)
        draw.line((0, y, SIDE, y), line)
    return np.asarray(image).copy()


def _place(image, rng, bank, x, y, size):
    """An icon or a picture in a box of a layout."""
    size = int(size)
    if size < 6 or not bank:
        return
    kind = rng.random()
    if kind < 0.5 and bank.icons:
        grey, alpha = bank.icons[int(rng.integers(len(bank.icons)))]
        grey, alpha = cv2.resize(grey, (size, size), interpolation=cv2.INTER_AREA), cv2.resize(alpha, (size, size), interpolation=cv2.INTER_AREA)
        image.paste(Image.fromarray(grey), (int(x), int(y)), Image.fromarray(alpha))
    else:
        image.paste(Image.fromarray(bank.picture(rng, size)), (int(x), int(y)))


def app_screen(rng, bank):
    """A phone app: bars, tabs, lists, icon grids, product cards, buttons."""
    image, draw, paper, ink = _canvas(rng, 0.8)
    dark = paper < 128
    card = int(np.clip(paper + (20 if dark else 10), 0, 255))
    y = 0.0
    unit = rng.uniform(14, 40)
    while y < SIDE:
        kind = rng.integers(6)
        if kind == 0:  # title or tab bar
            h = unit * 2
            draw.rectangle((0, y, SIDE, y + h), fill=int(rng.integers(0, 256)))
            x = 8.0
            while x < SIDE:
                draw.text((x, y + h * 0.25), words(rng, 3), int(rng.choice([0, 255, 120])), font=font(rng, unit))
                x += unit * rng.uniform(3.5, 6)
        elif kind == 1:  # list with icons
            h = unit * rng.uniform(2, 4)
            for _ in range(int(rng.integers(1, 6))):
                _place(image, rng, bank, 8, y + h * 0.1, h * 0.8)
                draw.text((h + 12, y + h * 0.15), words(rng, int(rng.integers(3, 18))), ink, font=font(rng, unit))
                draw.text((h + 12, y + h * 0.6), words(rng, int(rng.integers(3, 24))), 140, font=font(rng, unit * 0.7))
                y += h
                draw.line((0, y, SIDE, y), fill=128)
            h = 0
        elif kind == 2:  # grid of icons with captions
            n = int(rng.integers(3, 8))
            cell = SIDE / n
            h = cell * 1.1
            for i in range(n):
                _place(image, rng, bank, i * cell + cell * 0.2, y + cell * 0.1, cell * 0.6)
                draw.text((i * cell + cell * 0.15, y + cell * 0.75), words(rng, 4), ink, font=font(rng, cell * 0.17))
        elif kind == 3:  # product cards
            n = int(rng.integers(1, 5))
            cell = SIDE / n
            h = cell * 1.35
            for i in range(n):
                x = i * cell
                draw.rectangle((x + 4, y + 4, x + cell - 4, y + h - 4), fill=card)
                _place(image, rng, bank, x + 6, y + 6, cell - 12)
                draw.text((x + 8, y + cell), words(rng, int(rng.integers(5, 14))), ink, font=font(rng, cell * 0.09))
                draw.text((x + 8, y + cell * 1.15), f"¥{rng.integers(1, 2000)}.{rng.integers(100):02}", 90, font=font(rng, cell * 0.13))
        elif kind == 4:  # buttons
            h = unit * 3
            x = 8.0
            while x < SIDE - 40:
                w = unit * rng.uniform(3, 8)
                draw.rounded_rectangle((x, y + 6, x + w, y + unit * 2.2), unit * rng.uniform(0, 1), fill=int(rng.integers(256)), outline=ink)
                draw.text((x + unit * 0.5, y + unit * 0.6), words(rng, int(rng.integers(2, 5))), int(rng.choice([0, 255])), font=font(rng, unit * 0.9))
                x += w + 10
        else:  # banner
            h = unit * rng.uniform(3, 9)
            if bank:
                image.paste(Image.fromarray(bank.picture(rng, SIDE)[: int(h)]), (0, int(y)))
            draw.text((20, y + h * 0.2), words(rng, int(rng.integers(3, 9))), int(rng.choice([0, 255])), font=font(rng, h * 0.35))
        y += h + rng.uniform(0, unit)
    return np.asarray(image).copy()


def poster(rng, bank):
    """Big words over a picture with frames and an empty white card."""
    base = bank.picture(rng, SIDE) if bank and rng.random() < 0.7 else np.full((SIDE, SIDE), int(rng.integers(256)), np.uint8)
    image = Image.fromarray(base)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 10))):
        size = rng.uniform(12, 150)
        x, y = rng.uniform(-50, SIDE * 0.8, 2)
        draw.text((x, y), words(rng, int(rng.integers(1, 9)), rng.random() < 0.75), int(rng.choice([0, 255, int(rng.integers(256))])), font=font(rng, size),
                  stroke_width=int(rng.choice([0, 0, 2, 5])), stroke_fill=int(rng.integers(256)))
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0, SIDE * 0.8, 2)
        w, h = rng.uniform(20, 220, 2)
        draw.rounded_rectangle((x, y, x + w, y + h), rng.uniform(0, 20), fill=int(rng.choice([255, 240, 0])), outline=int(rng.integers(256)), width=int(rng.integers(1, 6)))
        if rng.random() < 0.6:
            draw.text((x + 4, y + h / 3), words(rng, int(rng.integers(2, 8))), int(rng.integers(0, 120)), font=font(rng, min(h / 3, 30)))
    return np.asarray(image).copy()


def sticker_wall(rng, bank):
    """Icons and cut-outs strewn over a plain or pictured ground."""
    image = bank.picture(rng, SIDE) if rng.random() < 0.4 else np.full((SIDE, SIDE), int(rng.integers(256)), np.uint8)
    image = Image.fromarray(image)
    for _ in range(int(rng.integers(4, 50))):
        pool = bank.icons if rng.random() < 0.5 or not bank.cutouts else bank.cutouts
        grey, alpha = pool[int(rng.integers(len(pool)))]
        s = rng.uniform(20, 200) / max(grey.shape)
        size = (max(4, int(grey.shape[1] * s)), max(4, int(grey.shape[0] * s)))
        grey, alpha = (cv2.resize(v, size, interpolation=cv2.INTER_AREA) for v in (grey, alpha))
        x, y = rng.uniform(-40, SIDE - 20, 2)
        image.paste(Image.fromarray(grey), (int(x), int(y)), Image.fromarray(alpha))
    return np.asarray(image).copy()


def diagram(rng, bank):
    """Boxes with lists, joined by lines: data models, flow charts, mind maps, organisation charts."""
    image, draw, paper, ink = _canvas(rng, 0.9)
    n, m = rng.integers(2, 9, 2)
    cw, ch = SIDE / n, SIDE / m
    chinese = rng.random() < 0.5
    size = max(6.0, min(cw / 9, ch / rng.uniform(3, 9)))
    face = font(rng, size, chinese)
    fill = int(rng.integers(100, 256))
    middles = []
    for i in range(n):
        for j in range(m):
            if rng.random() < 0.3:
                continue
            x0, y0 = i * cw + cw * rng.uniform(0.05, 0.2), j * ch + ch * rng.uniform(0.05, 0.25)
            x1, y1 = x0 + cw * rng.uniform(0.5, 0.75), y0 + ch * rng.uniform(0.3, 0.7)
            middles.append(((x0 + x1) / 2, (y0 + y1) / 2))
            draw.rounded_rectangle((x0, y0, x1, y1), rng.choice([0, 4, 12]), fill=paper, outline=ink, width=int(rng.integers(1, 4)))
            y = y0
            if rng.random() < 0.6:
                draw.rectangle((x0, y0, x1, y0 + size * 1.4), fill=fill)
            while y + size < y1:
                draw.text((x0 + 3, y), words(rng, max(1, int((x1 - x0) / size * rng.uniform(0.4, 0.9))), chinese), ink, font=face)
                y += size * 1.4
    for _ in range(len(middles)):
        (ax, ay), (bx, by) = (middles[int(rng.integers(len(middles)))] for _ in range(2))
        draw.line((ax, ay, ax, by, bx, by), ink, width=1)
    return np.asarray(image).copy()


def listing(rng, bank):
    """Program text, logs and JSON: ragged, indented, on light or dark."""
    image, draw, _, ink = _canvas(rng, 0.5)
    size = rng.uniform(7, 26)
    face = font(rng, size, False)
    y, depth = 0.0, 0
    while y < SIDE:
        depth = int(np.clip(depth + rng.integers(-1, 2), 0, 9))
        word = str(rng.choice(["{", "}", "return", "import", "const", '"id":', '"name":', "if (", "});", "def", "#", "SELECT"]))
        draw.text((depth * size * 1.2 + 4, y), word + " " + words(rng, int(rng.integers(0, 50)), False), int(rng.choice([ink, 128, ink])), font=face)
        y += size * 1.25
    return np.asarray(image).copy()


def glyphs(rng, bank):
    """A few very large characters, signs or flat icons: app logos and brand marks."""
    image, draw, paper, ink = _canvas(rng, 0.7)
    per = int(rng.integers(1, 4))
    cell = SIDE / per
    for i in range(per * per):
        x, y = i % per * cell, i // per * cell
        kind = rng.integers(3)
        if kind == 0:
            _place(image, rng, bank, x + cell * 0.1, y + cell * 0.1, cell * 0.8)
            continue
        if kind == 1:
            shape = (x + cell * 0.05, y + cell * 0.05, x + cell * 0.95, y + cell * 0.95)
            draw.rounded_rectangle(shape, cell * rng.uniform(0, 0.45), fill=int(rng.integers(256)))
        n = int(rng.choice([1, 1, 2, 4]))
        size = cell * 0.7 / (1 if n == 1 else 2)
        face = font(rng, size)
        for k in range(n):
            draw.text((x + cell * 0.15 + k % 2 * size, y + cell * 0.08 + k // 2 * size), words(rng, 1, rng.random() < 0.8), int(rng.choice([ink, 255, 0])), font=face)
    return np.asarray(image).copy()


def code_like_layout(rng, bank):
    """A square full of characters, icons or photos, with a frame and a caption, where a code would be expected."""
    image, draw, paper, ink = _canvas(rng, 0.8)
    per = int(rng.integers(1, 4))
    cell = SIDE / per
    for i in range(per):
        for j in range(per):
            side = cell * rng.uniform(0.4, 0.7)
            x, y = i * cell + (cell - side) / 2, j * cell + (cell - side) * 0.3
            kind = rng.integers(4)
            if kind == 0:
                n = int(rng.integers(2, 12))
                face = font(rng, side / n)
                for k in range(n):
                    draw.text((x, y + k * side / n), words(rng, n), ink, font=face)
            elif kind == 1:
                n = int(rng.integers(2, 6))
                for k in range(n * n):
                    _place(image, rng, bank, x + k % n * side / n, y + k // n * side / n, side / n * 0.9)
            elif kind == 2:
                _place(image, rng, bank, x, y, side)
            else:  # corner brackets of a scan frame around nothing or a picture
                if rng.random() < 0.5:
                    _place(image, rng, bank, x + side * 0.15, y + side * 0.15, side * 0.7)
                t, a = max(1, int(side * 0.03)), side * 0.2
                for cx, sx in ((x, 1), (x + side, -1)):
                    for cy, sy in ((y, 1), (y + side, -1)):
                        draw.line((cx, cy, cx + sx * a, cy), ink, width=t)
                        draw.line((cx, cy, cx, cy + sy * a), ink, width=t)
            if rng.random() < 0.5:
                draw.rounded_rectangle((x - 8, y - 8, x + side + 8, y + side + 8), rng.uniform(0, 20), outline=ink, width=int(rng.integers(1, 6)))
            draw.text((x, y + side + 12), words(rng, int(rng.integers(4, 9))), ink, font=font(rng, max(10, side * 0.1)))
    return np.asarray(image).copy()


SCREENS = (text_page, text_page, vertical_text, seals, table, app_screen, app_screen, poster, sticker_wall, code_like_layout, diagram, listing, glyphs)
