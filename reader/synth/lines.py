"""Draws one line of text on whatever lies behind it, as posters, captions and overlays have them."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import texts
from .fonts import draws, face

HEIGHT = 32  # of a strip that the recogniser reads


def colour(rng, dark=None):
    """A colour, light or dark if that is asked."""
    value = rng.integers(0, 256, 3)
    if dark is True:
        value = value * rng.uniform(0, 0.5)
    elif dark is False:
        value = 255 - (255 - value) * rng.uniform(0, 0.45)
    elif rng.random() < 0.35:
        value = np.full(3, rng.choice([0, 255, 255, 30, 230]))
    return tuple(int(v) for v in value)


def luma(rgb):
    """How light a colour is, from 0 to 255."""
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]


def contrasting(rng, ground, least=50):
    """A colour that can be told from a ground of this lightness."""
    for _ in range(12):
        tried = colour(rng)
        if abs(luma(tried) - ground) > least:
            return tried
    return (0, 0, 0) if ground > 127 else (255, 255, 255)


def pick_font(rng, text, fonts):
    """A font that has every character of the text."""
    chinese, latin = fonts
    if latin and all(ord(c) < 0x7F for c in text) and rng.random() < 0.5:
        return texts.pick(rng, latin)
    for _ in range(8):
        font = texts.pick(rng, chinese)
        if draws(font, text):
            return font
    return None


def layer(rng, text, font, size, vertical=False):
    """The text alone, with its outline or shadow, cut to what is drawn: `(rgba, sides)`.

    `sides` has the left and right end of each character in the layer's pixels; of vertical text it is `None`.
    """
    drawn = face(*font, size)
    fill = colour(rng)
    stroke = int(rng.integers(1, max(2, size // 9) + 1)) if rng.random() < 0.35 else 0
    rim = contrasting(rng, luma(fill), 90)
    spacing = int(size * rng.choice([0, 0, 0, 0.05, 0.15, 0.35])) if rng.random() < 0.4 else 0
    margin = stroke + size // 3 + 4
    if vertical:
        step = size + max(spacing, size // 12)
        canvas = Image.new("RGBA", (size + 2 * margin, step * len(text) + 2 * margin), (*fill, 0))
        places = [(margin + (size - drawn.getlength(c)) / 2, margin + i * step) for i, c in enumerate(text)]
        sides = None
    else:
        widths = [drawn.getlength(c) + spacing for c in text]
        starts = np.cumsum([0, *widths])
        if not spacing:
            starts = np.array([drawn.getlength(text[:i]) for i in range(len(text))])
        sides = margin + np.stack([starts[: len(text)], starts[: len(text)] + np.array(widths) - spacing], 1)
        width = int(max(starts[-1] + widths[-1], starts[-1])) + 2 * margin
        canvas = Image.new("RGBA", (width, int(size * 1.5) + 2 * margin), (*fill, 0))
        places = [(margin + x, margin) for x in starts[: len(text)]]
    pen = ImageDraw.Draw(canvas)
    whole = not vertical and not spacing

    def write(dx, dy, ink, width):
        if whole:
            pen.text((margin + dx, margin + dy), text, font=drawn, fill=ink, stroke_width=width, stroke_fill=ink)
        else:
            for c, (x, y) in zip(text, places):
                pen.text((x + dx, y + dy), c, font=drawn, fill=ink, stroke_width=width, stroke_fill=ink)

    if rng.random() < 0.25:
        away = max(1, size // 14)
        write(away, away, (*contrasting(rng, luma(fill), 60), int(rng.integers(90, 256))), stroke)
    if stroke:
        write(0, 0, (*rim, 255), stroke)
    write(0, 0, (*fill, 255), 0)
    pixels = np.asarray(canvas).copy()
    if rng.random() < 0.2:
        pixels = gradient(rng, pixels, fill)
    if rng.random() < 0.12:
        pixels[..., 3] = (pixels[..., 3] * rng.uniform(0.55, 0.95)).astype(np.uint8)
    seen = np.argwhere(pixels[..., 3] > 40)
    if not len(seen):
        return None
    (top, left), (bottom, right) = seen.min(0), seen.max(0) + 1
    return pixels[top:bottom, left:right], None if sides is None else sides - left


def gradient(rng, pixels, fill):
    """The fill runs from one colour into another from top to bottom."""
    other = np.array(colour(rng, dark=luma(fill) < 128))
    share = np.linspace(0, 1, len(pixels))[:, None, None]
    mask = (np.abs(pixels[..., :3].astype(int) - np.array(fill)).sum(-1) < 30)[..., None]
    blended = np.array(fill) * (1 - share) + other * share
    pixels[..., :3] = np.where(mask, blended, pixels[..., :3]).astype(np.uint8)
    return pixels


def paste(scene, rgba, left, top):
    """Lays a layer over a scene, in place; both ends may lie outside."""
    height, width = scene.shape[:2]
    y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + rgba.shape[0], height), min(left + rgba.shape[1], width)
    if y0 >= y1 or x0 >= x1:
        return
    part = rgba[y0 - top : y1 - top, x0 - left : x1 - left]
    alpha = part[..., 3:].astype(np.float32) / 255
    scene[y0:y1, x0:x1] = (scene[y0:y1, x0:x1] * (1 - alpha) + part[..., :3] * alpha).astype(np.uint8)


def visible(rgba, ground):
    """Can the text be told from the ground behind it?"""
    ink = rgba[..., 3] > 128
    if not ink.any():
        return False
    lightness = rgba[..., :3] @ np.array([0.299, 0.587, 0.114])
    spread = np.percentile(lightness[ink], [5, 95])
    return max(abs(spread - ground)) > 45


def damage(rng, picture):
    """What a camera, a chat program and an encoder do to a picture."""
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.0))
    if rng.random() < 0.3:
        noise = rng.normal(0, rng.uniform(2, 14), picture.shape)
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(25, 95))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], -1)
    return picture


def strip(rng, fonts, grounds):
    """One line as the finder cuts it out of a picture: `(grey strip 32 high, text, sides of its characters)`."""
    while True:
        text = texts.line(rng)
        font = pick_font(rng, text, fonts)
        size = int(np.exp(rng.uniform(np.log(13), np.log(56))))
        drawn = font and layer(rng, text, font, size)
        if drawn is None:
            continue
        rgba, sides = drawn
        height, width = rgba.shape[:2]
        pad = np.array([rng.uniform(0.02, 0.28) for _ in range(4)]) * size
        tall, wide = int(height + pad[0] + pad[1]) + 1, int(width + pad[2] + pad[3]) + 1
        scene = ground(rng, grounds, tall, wide)
        if not visible(rgba, scene.mean()):
            continue
        paste(scene, rgba, int(pad[2]), int(pad[0]))
        scene = lean(rng, scene)
        scene = damage(rng, scene)
        grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
        width = max(16, round(grey.shape[1] * HEIGHT / grey.shape[0]))
        if width > 480:
            continue
        way = cv2.INTER_AREA if grey.shape[0] > HEIGHT else cv2.INTER_LINEAR
        scale = width / grey.shape[1]
        return cv2.resize(grey, (width, HEIGHT), interpolation=way), text, (sides + int(pad[2])) * scale


def lean(rng, scene):
    """What is left of a tilt after the finder has turned the line upright."""
    if rng.random() < 0.5:
        return scene
    height, width = scene.shape[:2]
    shear, turn = rng.normal(0, 0.08), rng.normal(0, 0.06) * height / max(width, 1)
    matrix = np.array([[1, shear, -shear * height / 2], [turn, 1, -turn * width / 2]])
    return cv2.warpAffine(scene, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def ground(rng, grounds, height, width):
    """What lies behind a line: a plain colour, a gradient, a photo, a photo behind a panel."""
    kind = rng.random()
    if kind < 0.35 or not grounds:
        return np.tile(np.array(colour(rng), np.uint8), (height, width, 1))
    if kind < 0.55:
        ends = np.array([colour(rng), colour(rng)], np.float32)
        share = np.linspace(0, 1, width if rng.random() < 0.5 else height)
        ramp = ends[0] * (1 - share[:, None]) + ends[1] * share[:, None]
        along = ramp[None] if len(ramp) == width else ramp[:, None]
        return np.ascontiguousarray(np.broadcast_to(along, (height, width, 3)), np.uint8)
    photo = texts.pick(rng, grounds)
    scale = rng.uniform(0.3, 1.5)
    part_height, part_width = min(int(height / scale) + 1, photo.shape[0]), min(int(width / scale) + 1, photo.shape[1])
    y, x = int(rng.integers(photo.shape[0] - part_height + 1)), int(rng.integers(photo.shape[1] - part_width + 1))
    scene = cv2.resize(photo[y : y + part_height, x : x + part_width], (width, height))
    if kind > 0.85:
        share = rng.uniform(0.4, 0.85)
        scene = (scene * (1 - share) + np.array(colour(rng)) * share).astype(np.uint8)
    return scene.copy()
