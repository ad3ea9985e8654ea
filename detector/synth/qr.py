"""QR and Micro QR codes in many styles."""

import string

import cv2
import numpy as np
import segno

from .symbol import QR, Symbol, rounded_rectangle

SIDE = 288  # pixels a drawn symbol is about wide
MODULE_STYLES = (
    "square", "round", "dots", "small-dots", "liquid", "diamond", "bars-h", "bars-v", "small-square", "connected",
    "star", "art", "halftone",
)
STYLE_WEIGHTS = (40, 8, 8, 6, 9, 4, 3, 3, 4, 5, 2, 6, 2)
EYE_STYLES = ("square", "rounded", "circle", "leaf", "octagon", "double", "as-modules", "square-dot", "heavy")
_ALNUM = string.ascii_letters + string.digits


def payload(rng):
    """A payload of a real length: chat, payment and web links, contact cards."""

    def token(n, alphabet=_ALNUM):
        return "".join(rng.choice(list(alphabet), n))

    kind = rng.integers(9)
    if kind == 0:
        return "https://u.wechat.com/" + token(22)
    if kind == 1:
        return "https://weixin.qq.com/g/" + token(int(rng.integers(20, 50)))
    if kind == 2:
        return "https://qr.alipay.com/fkx" + token(int(rng.integers(12, 24)))
    if kind == 3:
        return "wxp://f2f0" + token(int(rng.integers(36, 60)))
    if kind == 4:
        return "https://work.weixin.qq.com/ct/wcde" + token(int(rng.integers(8, 32)), "0123456789abcdef")
    if kind == 5:
        return (f"BEGIN:VCARD\nVERSION:3.0\nN:{token(8)}\nTEL:{token(11, string.digits)}\nORG:{token(12)}\n"
                f"EMAIL:{token(9)}@example.com\nADR:{token(int(rng.integers(10, 60)))}\nEND:VCARD")
    if kind == 6:
        return token(int(rng.integers(1, 18)), string.digits)
    return f"https://{token(7).lower()}.example.com/" + token(int(rng.integers(3, 100)))


def matrix(rng):
    """The modules of a random code (bool, True is dark) and whether it is a Micro QR."""
    if rng.random() < 0.03:
        code = segno.make_micro(str(rng.integers(10 ** int(rng.integers(2, 9)))))
        return np.array(code.matrix, bool), True
    level = rng.choice(list("LMQH"))
    if rng.random() < 0.5:
        code = segno.make_qr(payload(rng), error=level, boost_error=False)
    else:  # a version chosen evenly, so that dense codes are seen as well
        version = int(rng.choice([rng.integers(1, 8), rng.integers(1, 26), rng.integers(20, 41)], p=[0.6, 0.34, 0.06]))
        room = {"L": 0.9, "M": 0.7, "Q": 0.5, "H": 0.38}[level] * (version * 4 + 17) ** 2 / 8 * 0.62
        text = "".join(rng.choice(list(_ALNUM), max(3, int(room * rng.uniform(0.6, 1.0)))))
        for used in (version, None):
            try:
                code = segno.make_qr(text, error=level, version=used, boost_error=False)
                break
            except segno.DataOverflowError:
                continue
        else:
            code = segno.make_qr(payload(rng), error=level)
    return np.array(code.matrix, bool), False


def _stamp(style, m, rng):
    """The shape of one module as a mask of m x m pixels."""
    scale = 8
    big = np.zeros((m * scale, m * scale), np.uint8)
    c, half = m * scale / 2 - 0.5, m * scale / 2
    centre = (int(c), int(c))
    if style == "round":
        cv2.circle(big, centre, int(half * rng.uniform(0.9, 1.0)), 255, -1)
    elif style == "dots":
        cv2.circle(big, centre, int(half * rng.uniform(0.68, 0.9)), 255, -1)
    elif style == "small-dots":
        cv2.circle(big, centre, int(half * rng.uniform(0.42, 0.68)), 255, -1)
    elif style == "diamond":
        r = half * rng.uniform(0.9, 1.15)
        cv2.fillPoly(big, [np.int32([[c, c - r], [c + r, c], [c, c + r], [c - r, c]])], 255)
    elif style == "star":
        r = half * np.where(np.arange(10) % 2, 0.5, 1.1)
        a = np.arange(10) * np.pi / 5
        cv2.fillPoly(big, [np.int32(np.stack([c + r * np.sin(a), c - r * np.cos(a)], 1))], 255)
    elif style == "small-square":
        r = int(half * rng.uniform(0.5, 0.9))
        cv2.rectangle(big, (int(c) - r, int(c) - r), (int(c) + r, int(c) + r), 255, -1)
    else:
        big[:] = 255
    return cv2.resize(big, (m, m), interpolation=cv2.INTER_AREA)


def _grid(bits, stamp, m):
    return np.kron(bits.astype(np.uint8), np.ones((m, m), np.uint8)) * np.tile(stamp, bits.shape)


def draw_modules(bits, style, m, rng):
    """The modules alone, finder patterns like the rest."""
    if style == "liquid":
        plain = _grid(bits, np.full((m, m), 255, np.uint8), m)
        soft = cv2.GaussianBlur(plain, (0, 0), m * rng.uniform(0.28, 0.5))
        return np.clip((soft.astype(np.float32) - 127) * 6 + 127, 0, 255).astype(np.uint8)
    if style in ("bars-h", "bars-v", "connected"):
        ink = _grid(bits, _stamp("dots" if rng.random() < 0.5 else "round", m, rng), m)
        thick = rng.uniform(0.7, 1.0)
        pad = int(m * (1 - thick) / 2)
        joints = []
        if style != "bars-v":
            joints.append((bits[:, :-1] & bits[:, 1:], True))
        if style != "bars-h":
            joints.append((bits[:-1] & bits[1:], False))
        for both, across in joints:
            for y, x in np.argwhere(both):
                top, left = y * m, x * m
                if across:
                    ink[top + pad:top + m - pad, left + m // 2:left + m + m // 2] = 255
                else:
                    ink[top + m // 2:top + m + m // 2, left + pad:left + m - pad] = 255
        return ink
    return _grid(bits, _stamp(style, m, rng), m)


def draw_eye(style, m, rng):
    """One finder pattern as ink of 7 x 7 modules."""
    side = 7 * m
    shape = (side, side)
    if style == "circle":
        ink = np.zeros(shape, np.uint8)
        c = (side // 2, side // 2)
        cv2.circle(ink, c, side // 2, 255, -1, cv2.LINE_AA)
        cv2.circle(ink, c, int(side * 2.5 / 7), 0, -1, cv2.LINE_AA)
        cv2.circle(ink, c, int(side * 1.5 / 7), 255, -1, cv2.LINE_AA)
        return ink
    ring = 1.0
    outer, middle, inner = {
        "square": (0, 0, 0), "rounded": (2.2, 1.4, 0.9), "leaf": (2.5, 1.8, 1.4), "octagon": (1.2, 0.8, 0.6),
        "double": (1.0, 0.6, 1.5), "square-dot": (0, 0, 1.5), "heavy": (0.8, 0.5, 0.5),
    }[style]
    if style == "heavy":
        ring = rng.uniform(0.7, 1.4)
    ink = rounded_rectangle(shape, 0, 0, side - 1, side - 1, outer * m)
    hole = rounded_rectangle(shape, ring * m, ring * m, side - 1 - ring * m, side - 1 - ring * m, middle * m)
    ball = rounded_rectangle(shape, 2 * m, 2 * m, side - 1 - 2 * m, side - 1 - 2 * m, inner * m)
    ink = np.maximum(np.minimum(ink, 255 - hole), ball)
    if style == "leaf":  # one or two corners stay sharp
        ink[:2 * m, :2 * m] = draw_eye("square", m, rng)[:2 * m, :2 * m]
        if rng.random() < 0.5:
            ink[-2 * m:, -2 * m:] = draw_eye("square", m, rng)[-2 * m:, -2 * m:]
    return ink


def _logo(ink, rng, picture):
    """A logo in the middle: its grey values and where they lie."""
    side = ink.shape[0]
    share = rng.uniform(0.12, 0.3)
    w = side * share
    a, b = side / 2 - w / 2, side / 2 + w / 2
    radius = rng.choice([0.0, 0.2, 0.5]) * w
    alpha = rounded_rectangle(ink.shape, a, a, b, b, radius)
    over = np.full(ink.shape, rng.choice([255, 255, 240, 20, int(rng.integers(256))]), np.uint8)
    border = w * rng.choice([0.0, 0.06, 0.12])
    inner = rounded_rectangle(ink.shape, a + border, a + border, b - border, b - border, radius * 0.9)
    x, n = int(a), max(4, int(w) + 1)
    content = over.copy()
    patch = cv2.resize(picture, (n, n), interpolation=cv2.INTER_AREA)
    content[x:x + n, x:x + n] = patch[:side - x, :side - x]
    return np.where(inner > 127, content, over), alpha


def draw(rng, picture):
    """A random QR code as a Symbol. `picture()` gives a square grey picture for logos and artistic backgrounds."""
    bits, micro = matrix(rng)
    n = bits.shape[0]
    m = int(np.clip(SIDE // n, 3, 12))
    style = str(rng.choice(MODULE_STYLES, p=np.array(STYLE_WEIGHTS) / sum(STYLE_WEIGHTS)))
    over = over_alpha = None
    side = n * m
    if style in ("art", "halftone"):
        ink = draw_modules(bits, str(rng.choice(["square", "dots", "small-dots", "small-square", "round"])), m, rng)
        image = cv2.resize(picture(), (side, side), interpolation=cv2.INTER_AREA)
        if style == "halftone":  # the picture decides the outer two thirds of every module
            fine = cv2.resize(image, (n * 3, n * 3), interpolation=cv2.INTER_AREA)
            dark = fine < np.median(fine) + rng.integers(-40, 41, fine.shape)
            dark[1::3, 1::3] = bits
            ink = cv2.resize((dark * 255).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
        else:  # light modules are veiled so that the picture shines through
            over = cv2.addWeighted(image, rng.uniform(0.4, 1.0), np.full_like(image, 255), rng.uniform(0.0, 0.5), 0)
            veil = int(rng.integers(120, 256))
            over_alpha = np.where(ink > 127, np.uint8(rng.integers(0, 110)), np.uint8(veil))
            if rng.random() < 0.5:
                over_alpha = cv2.GaussianBlur(over_alpha, (0, 0), 0.8)
    else:
        ink = draw_modules(bits, style, m, rng)
    eyes = [(3.5 * m, 3.5 * m, 3.5 * m)]
    if not micro:
        eyes += [((n - 3.5) * m, 3.5 * m, 3.5 * m), (3.5 * m, (n - 3.5) * m, 3.5 * m)]
    plain = style in ("square", "small-square", "halftone")
    eye_style = "square" if plain and rng.random() < 0.7 else str(rng.choice(EYE_STYLES))
    if eye_style != "as-modules":
        eye = draw_eye(eye_style, m, rng)
        for turn, (x, y, _) in zip((0, 1, 3), eyes):
            left, top = int(x - 3.5 * m), int(y - 3.5 * m)
            # leaf eyes point outwards, so each corner has its own turn
            ink[top:top + 7 * m, left:left + 7 * m] = np.rot90(eye, -turn) if eye_style == "leaf" else eye
            if over_alpha is not None:
                over_alpha[top:top + 7 * m, left:left + 7 * m] = 0
    if not micro and rng.random() < 0.4:
        logo, mask = _logo(ink, rng, picture())
        if over is None:
            over, over_alpha = logo, mask
        else:
            over = np.where(mask > 127, logo, over)
            over_alpha = np.maximum(over_alpha, mask)
    return Symbol(QR, style, ink, float(m), over, over_alpha, eyes)
