"""Draws the pictures of words that tests/ocr.rs reads: `python3 tools/pictures/words.py tests/fixtures/words`.

Takes Pillow and Noto Sans CJK, as Debian has it. The drawn pictures are kept, so that tests need neither.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"


def font(size):
    return ImageFont.truetype(FONT, size, index=2)


def ground(size, top=(214, 232, 214), bottom=(120, 160, 140)):
    """A ground whose colour runs from top to bottom."""
    image = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        part = y / size[1]
        image.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom)))
    return image.resize(size)


def words(image, at, text, size, fill="white", stroke=3):
    draw = ImageDraw.Draw(image)
    draw.text(at, text, font=font(size), fill=fill, stroke_width=stroke, stroke_fill="#203020")


def contact():
    image = ground((540, 720))
    words(image, (60, 120), "云山春茶 今晚八点", 44)
    words(image, (90, 420), "加微信 abc12388", 32)
    return image


def app():
    """What the app itself shows: buttons, the shop, the way to pay."""
    image = ground((540, 720))
    draw = ImageDraw.Draw(image)
    for at, text in [((40, 60), "微信小店"), ((40, 200), "支持微信支付"), ((300, 60), "关注")]:
        draw.rounded_rectangle((at[0], at[1], at[0] + 200, at[1] + 70), 20, fill="#07c160")
        draw.text((at[0] + 16, at[1] + 12), text, font=font(30), fill="white")
    words(image, (40, 420), "点击购物袋下单", 40)
    words(image, (40, 520), "第二件半价 7天无理由退换", 30)
    return image


def column():
    image = ground((540, 720))
    for number, char in enumerate("加我微信领红包"):
        words(image, (250, 60 + number * 66), char, 48)
    return image


def tilted():
    image = ground((540, 720))
    strip = Image.new("RGBA", (480, 90))
    draw = ImageDraw.Draw(strip)
    draw.text((10, 10), "电话 13800138000", font=font(44), fill="white", stroke_width=3, stroke_fill="#203020")
    strip = strip.rotate(14, expand=True, resample=Image.BICUBIC)
    image.paste(strip, (30, 250), strip)
    return image


def smooth():
    return ground((540, 720))


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for draw in [contact, app, column, tilted, smooth]:
        draw().quantize(64, dither=Image.Dither.NONE).save(folder / f"{draw.__name__}.png", optimize=True)


if __name__ == "__main__":
    main()
