"""What happens to printed codes: covered, scribbled over, torn, pixelated."""

import cv2
import numpy as np


def _cover_value(texture, rng):
    return float(rng.choice([255.0, float(texture.max()), float(texture.min()), rng.uniform(0, 255)]))


def cover_eyes(texture, eyes, rng, count):
    """Hides `count` finder patterns under patches of any shape."""
    for index in rng.permutation(len(eyes))[:count]:
        x, y, r = eyes[index]
        r *= rng.uniform(1.0, 1.25)
        value = _cover_value(texture, rng)
        box = ((x + rng.uniform(-0.1, 0.1) * r, y), (2 * r, 2 * r * rng.uniform(0.9, 1.3)), rng.uniform(0, 90) if rng.random() < 0.4 else 0.0)
        if rng.random() < 0.3:
            cv2.ellipse(texture, (int(x), int(y)), (int(r * 1.2), int(r * 1.2)), 0, 0, 360, value, -1)
        else:
            cv2.fillPoly(texture, [np.int32(cv2.boxPoints(box))], value)


def cover_part(texture, corners, rng, picture):
    """Covers 10 to 45 % of the code: a sticker, fingers, a strip of tape or text, a torn corner."""
    x0, y0 = corners.min(0)
    x1, y1 = corners.max(0)
    w, h = x1 - x0, y1 - y0
    share = rng.uniform(0.1, 0.45)
    kind = rng.integers(6)
    mask = np.zeros(texture.shape, np.uint8)
    if kind == 0:  # sticker
        s = np.sqrt(share)
        centre = (x0 + w * rng.uniform(0.2, 0.8), y0 + h * rng.uniform(0.2, 0.8))
        box = cv2.boxPoints((centre, (w * s * rng.uniform(0.8, 1.2), h * s), rng.uniform(0, 90)))
        cv2.fillPoly(mask, [np.int32(box)], 255)
    elif kind == 1:  # strip of tape or text
        centre = (x0 + w / 2, y0 + h * rng.uniform(0.1, 0.9))
        box = cv2.boxPoints((centre, (w * 1.5, h * share * 0.8), rng.uniform(-45, 45) if rng.random() < 0.6 else float(rng.choice([0, 90]))))
        cv2.fillPoly(mask, [np.int32(box)], 255)
    elif kind == 2:  # fingers
        for _ in range(int(rng.integers(1, 4))):
            a = rng.uniform(0, 360)
            tip = (int(x0 + w * rng.uniform(0.1, 0.9)), int(y0 + h * rng.uniform(0.1, 0.9)))
            cv2.ellipse(mask, tip, (int(w * 0.6), max(2, int(h * share * 0.3))), a, 0, 360, 255, -1)
    elif kind == 3:  # a corner or a side is gone
        a = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[0:texture.shape[0], 0:texture.shape[1]]
        t = ((x - x0 - w / 2) * np.cos(a) / w + (y - y0 - h / 2) * np.sin(a) / h)
        mask[t > 0.5 - share * rng.uniform(0.7, 1.15)] = 255
    elif kind == 4:  # cut to a disc
        y, x = np.mgrid[0:texture.shape[0], 0:texture.shape[1]]
        r = np.hypot((x - x0 - w / 2) / w, (y - y0 - h / 2) / h)
        mask[r > rng.uniform(0.5, 0.62)] = 255
    else:  # a disc in the middle
        r = np.sqrt(share / np.pi)
        cv2.ellipse(mask, (int(x0 + w / 2), int(y0 + h / 2)), (int(w * r), int(h * r)), 0, 0, 360, 255, -1)
    if kind == 0 and rng.random() < 0.6:
        cover = cv2.resize(picture, (texture.shape[1], texture.shape[0])).astype(np.float32)
    elif kind == 2:
        cover = rng.uniform(90, 210) + cv2.resize(rng.normal(0, 12, (6, 6)).astype(np.float32), (texture.shape[1], texture.shape[0]))
    else:
        cover = np.full(texture.shape, _cover_value(texture, rng), np.float32)
        if kind == 1 and rng.random() < 0.6:  # writing on the strip
            size = max(0.25, h * share / 60)
            letters = np.zeros(texture.shape, np.uint8)
            text = "".join(chr(rng.integers(65, 91)) for _ in range(9))
            cv2.putText(letters, text, (int(x0), int((y0 + y1) / 2)), cv2.FONT_HERSHEY_SIMPLEX, size, 255, max(1, int(size * 2)), cv2.LINE_AA)
            cover += (255 - 2 * cover) * (letters.astype(np.float32) / 255)
    weight = mask.astype(np.float32) / 255 * (rng.uniform(0.6, 0.95) if kind == 1 and rng.random() < 0.4 else 1.0)
    texture += (cover - texture) * weight


def scribble(texture, corners, rng, module):
    """Strokes of a pen or brush across the code."""
    low, high = corners.min(0), corners.max(0)
    value = _cover_value(texture, rng)
    thick = max(1, int(module * rng.uniform(0.6, 3.2)))
    for _ in range(int(rng.integers(1, 7))):
        kind = rng.random()
        if kind < 0.7:
            points = rng.uniform(low, high, (int(rng.integers(3, 12)), 2))
        else:  # to and fro, as something is struck out
            n, a = int(rng.integers(4, 16)), rng.uniform(0, 2 * np.pi)
            along = np.linspace(-0.5, 0.5, n)
            across = np.where(np.arange(n) % 2 == 0, -0.5, 0.5) * rng.uniform(0.2, 1.0)
            turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
            points = (low + high) / 2 + np.stack([along, across], 1) @ turn.T * (high - low) * rng.uniform(0.6, 1.1)
        steps = np.linspace(0, 1, 60)
        t = np.linspace(0, 1, len(points))
        curve = np.stack([np.interp(steps, t, points[:, i]) for i in (0, 1)], 1)
        if rng.random() < 0.5:  # a hand draws no corners
            curve = cv2.GaussianBlur(curve, (1, 9), 1.8)
        cv2.polylines(texture, [np.int32(curve)], False, value, thick, cv2.LINE_AA)
        if rng.random() < 0.3:  # another pen
            value, thick = _cover_value(texture, rng), max(1, int(module * rng.uniform(0.6, 3.2)))


def mosaic(texture, corners, rng, module):
    """Pixelation with blocks of 1.2 to 3 modules, of the whole code or a part of it."""
    x0, y0 = np.maximum(0, corners.min(0) - module * 2).astype(int)
    x1, y1 = (corners.max(0) + module * 2).astype(int)
    if rng.random() < 0.25:
        x0, y0 = int(x0 + (x1 - x0) * rng.uniform(0, 0.4)), int(y0 + (y1 - y0) * rng.uniform(0, 0.4))
    part = texture[y0:y1, x0:x1]
    block = module * rng.uniform(1.2, 3.0)
    size = (max(6, int(part.shape[1] / block)), max(6, int(part.shape[0] / block)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    texture[y0:y1, x0:x1] = cv2.resize(small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)
