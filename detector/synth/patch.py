"""Training patches: a scene, codes placed in it, the camera, and labels.

A label row is (x0, y0, x1, y1, class, cos 4a, sin 4a, state, tags); boxes in patch pixels, clipped to the patch.
"""

import cv2
import numpy as np

from . import camera, damage, emblems, live, puzzles, suns
from .symbol import CHANNELS, MINI, OTHER, QR, ROUND, paste, rounded_rectangle

SIDE = 192  # pixels of a patch
SLOTS = 16  # label rows of a patch
FIELDS = 9
POSITIVE, IGNORE = 1, 2
SMALLEST, LARGEST = 24, 140  # sizes the network answers for at one scale
TAGS = (
    "plain", "styled", "inverted", "faint", "eyes-1", "eyes-2", "eyes-3", "covered", "scribble", "mosaic", "tilted",
    "bent", "transparent", "picture", "cut", "no-quiet-zone", "blur", "noise", "jpeg", "light", "moire", "resampled", "sheet",
)
_BIT = {name: 1 << i for i, name in enumerate(TAGS)}
_CLASS_SHARE = {QR: 0.5, MINI: 0.14, ROUND: 0.08, OTHER: 0.2, CHANNELS: 0.08}


class Layer:
    """A code with its card as a small picture of its own: grey, alpha, and where the code lies in it."""

    def __init__(self, grey, alpha, corners, module, cls, tags):
        self.grey, self.alpha, self.corners = grey, alpha, corners
        self.module, self.cls, self.tags = module, cls, tags


def _contrast(rng):
    u = rng.random()
    if u < 0.74:
        return rng.uniform(0.5, 1.0), False
    return (rng.uniform(0.15, 0.5), False) if u < 0.92 else (rng.uniform(0.08, 0.18), True)


def _tones(rng, ground):
    """Grey values of paper and ink. `ground`: the tone of the scene where there is no card, else None."""
    contrast, faint = _contrast(rng)
    inverted = rng.random() < 0.14
    if ground is not None:
        inverted = ground < 128 if rng.random() < 0.9 else inverted
        paper = ground
        ink = ground + (1 if inverted else -1) * 255 * max(contrast, 0.3)
        return paper, float(np.clip(ink, 0, 255)), inverted, False
    low = rng.uniform(0, 1 - contrast) * (1.0 if rng.random() < 0.5 else 0.15)
    dark, light = 255 * low, 255 * min(1.0, low + contrast)
    if contrast > 0.5 and rng.random() < 0.5:
        light = rng.uniform(235, 255)
    return (dark, light, True, faint) if inverted else (light, dark, False, faint)


def _ink_field(shape, ink, paper, rng):
    """The ink's tone: one value, a gradient, or another one for every block of modules."""
    u = rng.random()
    if u < 0.8:
        return ink
    other = ink + (paper - ink) * rng.uniform(0.1, 0.6)
    if u < 0.94:
        a = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[0:shape[0], 0:shape[1]].astype(np.float32)
        t = np.clip(0.5 + (x / shape[1] - 0.5) * np.cos(a) + (y / shape[0] - 0.5) * np.sin(a), 0, 1)
        return ink + (other - ink) * t
    n = int(rng.integers(6, 30))
    tones = rng.uniform(min(ink, other), max(ink, other) + 1e-3, (n, n)).astype(np.float32)
    return cv2.resize(tones, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)


def make_layer(symbol, rng, bank, size, ground):
    """Colours a symbol, puts it on its card and damages it. `size`: pixels it will have in the patch."""
    longest = max(symbol.ink.shape)
    if longest > 2.0 * size:
        symbol = symbol.smaller(max(1.7 * size, 24) / longest)
    h, w = symbol.ink.shape
    tags = 0
    transparent = rng.random() < 0.13
    quiet = rng.choice([0.0, 1.0, 2.0, 4.0, rng.uniform(0, 6)], p=[0.12, 0.14, 0.2, 0.34, 0.2]) * symbol.module
    if symbol.round_outline:
        quiet = rng.uniform(0, 0.15) * w
    if quiet == 0:
        tags |= _BIT["no-quiet-zone"]
    room = 0.0
    framed = not transparent and rng.random() < 0.2
    if framed:
        room = rng.uniform(0.04, 0.3) * w
    pad = int(quiet + room + 2)
    caption = int(rng.uniform(0.1, 0.3) * h) if framed and rng.random() < 0.6 else 0
    shape = (h + 2 * pad + caption, w + 2 * pad)
    paper, ink, inverted, faint = _tones(rng, ground if transparent else None)
    grey = np.full(shape, paper, np.float32)
    alpha = np.zeros(shape, np.uint8)
    if framed:
        frame_tone = float(rng.choice([paper, ink, rng.uniform(0, 255)]))
        grey[:] = frame_tone
        alpha = rounded_rectangle(shape, 0, 0, shape[1] - 1, shape[0] - 1, rng.uniform(0, 0.15) * w)
        card = rounded_rectangle(shape, pad - quiet, pad - quiet, pad + w + quiet, pad + h + quiet, rng.uniform(0, 0.1) * w)
        paste(grey, card, paper)
        if rng.random() < 0.4:
            cv2.rectangle(grey, (int(pad - quiet) - 1, int(pad - quiet) - 1), (int(pad + w + quiet) + 1, int(pad + h + quiet) + 1), ink, max(1, int(w * rng.uniform(0.005, 0.03))))
        if caption:
            strip = bank.captions[int(rng.integers(len(bank.captions)))]
            ch = max(4, int(caption * 0.8))
            cw = min(shape[1], max(8, int(strip.shape[1] * ch / strip.shape[0])))
            letters = cv2.resize(strip, (cw, ch), interpolation=cv2.INTER_AREA)
            x = (shape[1] - cw) // 2
            y = shape[0] - ch
            tone = 255.0 if frame_tone < 128 else 0.0
            paste(grey[y:y + ch, x:x + cw], letters, tone)
    elif not transparent:
        if symbol.round_outline and rng.random() < 0.6:
            cv2.ellipse(alpha, (shape[1] // 2, shape[0] // 2), (shape[1] // 2, shape[0] // 2), 0, 0, 360, 255, -1, cv2.LINE_AA)
        else:
            alpha = rounded_rectangle(shape, 0, 0, shape[1] - 1, shape[0] - 1, rng.choice([0.0, rng.uniform(0, quiet + 1)]))
    inner = (slice(pad, pad + h), slice(pad, pad + w))
    paste(grey[inner], symbol.ink, _ink_field((h, w), ink, paper, rng))
    if transparent:
        tags |= _BIT["transparent"]
        alpha[inner] = np.maximum(alpha[inner], symbol.ink)
        if rng.random() < 0.25:  # a faint veil under the code
            alpha[inner] = np.maximum(alpha[inner], int(rng.integers(20, 160)))
    if symbol.over is not None:
        over, weight = symbol.over, symbol.over_alpha
        paste(grey[inner], weight, over.astype(np.float32))
        alpha[inner] = np.maximum(alpha[inner], weight)
    tags |= _BIT["inverted"] * inverted | _BIT["faint"] * faint
    if symbol.style in ("art", "halftone"):
        tags |= _BIT["picture"]
    elif symbol.cls == QR and symbol.style != "square":
        tags |= _BIT["styled"]
    corners = np.array([[pad, pad], [pad + w, pad], [pad + w, pad + h], [pad, pad + h]], np.float64)
    if rng.random() < 0.42:
        tags |= _damage(grey, corners, symbol, pad, rng, bank)
    if not tags:
        tags = _BIT["plain"]
    return Layer(grey, alpha, corners, symbol.module, symbol.cls, tags)


def _damage(grey, corners, symbol, pad, rng, bank):
    kind = rng.choice(4, p=[0.27, 0.35, 0.21, 0.17])
    eyes = [(x + pad, y + pad, r) for x, y, r in symbol.eyes]
    if kind == 0 and eyes:
        count = int(rng.integers(1, len(eyes) + 1))
        damage.cover_eyes(grey, eyes, rng, count)
        return _BIT[f"eyes-{count}"]
    if kind <= 1:
        damage.cover_part(grey, corners, rng, bank.picture(rng, 64))
        return _BIT["covered"]
    if kind == 2:
        damage.scribble(grey, corners, rng, symbol.module)
        return _BIT["scribble"]
    damage.mosaic(grey, corners, rng, symbol.module)
    return _BIT["mosaic"]


def _pose(rng):
    """Roll, yaw, pitch and stretch of a placed code."""
    u = rng.random()
    roll = rng.uniform(0, 2 * np.pi) if u < 0.35 else rng.normal(0, 0.08) + (rng.integers(4) * np.pi / 2 if u < 0.5 else 0.0)
    if u > 0.78:
        roll = 0.0
    yaw = pitch = 0.0
    if rng.random() < 0.42:
        # a tilt of up to 65 degrees about any axis
        most = rng.choice([38, 65, 74], p=[0.55, 0.32, 0.13])
        tilt, axis = np.deg2rad(rng.uniform(0, most)), rng.uniform(0, 2 * np.pi)
        yaw, pitch = tilt * np.cos(axis), tilt * np.sin(axis)
    stretch = np.exp(rng.uniform(-0.18, 0.18)) if rng.random() < 0.2 else 1.0
    return roll, yaw, pitch, stretch


def place(image, layer, rng, size, centre, pose=None, bend=False):
    """Warps a layer into the patch so that the code's upright box has the longer side `size`. Returns its label row."""
    h, w = layer.grey.shape
    roll, yaw, pitch, stretch = pose or _pose(rng)
    tags = layer.tags
    grey, alpha = layer.grey, layer.alpha
    bending = camera.Bend(rng, w, h) if bend else None
    edge = np.linspace(0, 1, 9)[:-1]
    outline = np.concatenate([a + (b - a) * edge[:, None] for a, b in zip(layer.corners, np.roll(layer.corners, -1, 0))])
    if layer.cls in (MINI, ROUND, CHANNELS):  # the outline of a disc
        a = np.arange(32) * np.pi / 16
        outline = layer.corners.mean(0) + (layer.corners[2] - layer.corners[0]) / 2 * np.stack([np.cos(a), np.sin(a)], 1)
    source_corners = layer.corners
    if bending is not None:
        margin = int(bending.amount + 2)
        grey = cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        alpha = cv2.copyMakeBorder(alpha, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
        bending.size += 2 * margin
        grey, alpha = bending.apply(grey), bending.apply(alpha)
        outline, source_corners = bending.forward(outline + margin), bending.forward(source_corners + margin)
        h, w = grey.shape
        tags |= _BIT["bent"]
    if abs(yaw) + abs(pitch) > 0.35:
        tags |= _BIT["tilted"]
    matrix = camera.plane_homography(w, h, roll, yaw, pitch, stretch)
    flat = camera.transform(matrix, outline)
    span = flat.max(0) - flat.min(0)
    scale = size / span.max()
    middle = (flat.max(0) + flat.min(0)) / 2
    shift = np.asarray(centre) - scale * middle
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]]) @ matrix
    points = camera.transform(matrix, outline)
    box0, box1 = points.min(0), points.max(0)
    rim = camera.transform(matrix, np.array([[0, 0], [w, 0], [w, h], [0, h]], float))
    lo = np.maximum(np.floor(rim.min(0)).astype(int) - 1, 0)
    hi = np.minimum(np.ceil(rim.max(0)).astype(int) + 1, SIDE)
    if (hi - lo < 2).any():
        return None
    # twice the resolution, then averaged: a module may be smaller than a pixel
    zoom = np.array([[2, 0, -2 * lo[0]], [0, 2, -2 * lo[1]], [0, 0, 1]], float) @ matrix
    target = (int(2 * (hi[0] - lo[0])), int(2 * (hi[1] - lo[1])))
    both = cv2.merge([grey, alpha.astype(np.float32)])
    both = cv2.warpPerspective(both, zoom, target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    weight = cv2.resize(both[..., 1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) / 255
    value = cv2.resize(both[..., 0] * both[..., 1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) / 255
    view = image[lo[1]:hi[1], lo[0]:hi[0]]
    view *= 1 - weight
    view += value
    clip0, clip1 = np.clip(box0, 0, SIDE), np.clip(box1, 0, SIDE)
    visible = np.prod(clip1 - clip0) / max(1e-6, np.prod(box1 - box0))
    if visible < 0.2:
        return None
    if visible < 0.97:
        tags |= _BIT["cut"]
    state = POSITIVE if visible >= 0.6 and SMALLEST <= size <= LARGEST else IGNORE
    c = camera.transform(matrix, source_corners)
    across = (c[1] - c[0]) / np.linalg.norm(c[1] - c[0]) + (c[2] - c[3]) / np.linalg.norm(c[2] - c[3])
    angle = np.arctan2(across[1], across[0])
    x0, y0, x1, y1 = (int(v) for v in (*np.floor(clip0), *np.ceil(clip1)))
    if image[y0:y1, x0:x1].std() < 5:  # nobody would see it
        state = IGNORE
    module = layer.module * size / max(layer.corners[2] - layer.corners[0])
    return np.array([*clip0, *clip1, layer.cls, np.cos(4 * angle), np.sin(4 * angle), state, tags], np.float32), module


def _drawn_out(part, rng):
    """A small picture somewhere in a patch, its edge pixels repeated up to the patch's border, or on plain ground."""
    room = (SIDE - part.shape[0], SIDE - part.shape[1])
    top, left = (int(rng.integers(r + 1)) for r in room)
    how = cv2.BORDER_REPLICATE if rng.random() < 0.7 else cv2.BORDER_CONSTANT
    return cv2.copyMakeBorder(part, top, room[0] - top, left, room[1] - left, how, value=float(rng.choice([0.0, 255.0])))


def _edge_beside_codes(image, rows, rng):
    """Ends the picture close to its codes and draws the edge out, as where a code fills a small picture."""
    if not rows or rng.random() > 0.1 or any(row[7] != POSITIVE for row in rows):
        return image
    boxes = np.array([row[:4] for row in rows])
    gap = rng.uniform(0, 25, 4)
    x0, y0 = (int(max(0, v)) for v in np.floor(boxes[:, :2].min(0) - gap[:2]))
    x1, y1 = (int(min(SIDE, v)) for v in np.ceil(boxes[:, 2:].max(0) + gap[2:]))
    how = cv2.BORDER_REPLICATE if rng.random() < 0.8 else cv2.BORDER_CONSTANT
    return cv2.copyMakeBorder(image[y0:y1, x0:x1], y0, SIDE - y1, x0, SIDE - x1, how, value=255.0)


def _part(source, rng):
    """A random part of a scene, half of its height and more."""
    h = int(source.shape[0] * rng.uniform(0.5, 1.0))
    w = min(int(h * np.exp(rng.uniform(-0.5, 0.5))), source.shape[1])
    y, x = rng.integers(0, source.shape[0] - h + 1), rng.integers(0, source.shape[1] - w + 1)
    return source[y:y + h, x:x + w]


def _reduced(part, size):
    """A picture at 1.7 times the size it will have."""
    step = max(1, int(max(part.shape) / (3 * size)))
    f = 1.7 * size / max(part.shape) * step
    how = cv2.INTER_AREA if f < 1 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(part[::step, ::step]), None, fx=f, fy=f, interpolation=how)


def _disc(shape):
    """The mask of the largest ellipse of a picture."""
    middle = (shape[1] // 2, shape[0] // 2)
    return cv2.ellipse(np.zeros(shape, np.uint8), middle, middle, 0, 0, 360, 255, -1, cv2.LINE_AA)


def _still_seen(before, after):
    """Whether light, blur and noise have left enough of a code for anybody to see it."""
    a, b = before - before.mean(), after - after.mean()
    spread = a.std() * b.std()
    return b.std() >= 6 and spread > 0 and (a * b).mean() / spread > 0.25


class Composer:
    """Makes patches from a bank."""

    def __init__(self, bank, only=None):
        self.bank = bank
        self.share = {only: 1.0} if only is not None else _CLASS_SHARE
        self.kinds = ["photo", "flat", "miniatures", "whole"] + sorted({kind for kind, _ in bank.scenes})
        self._boards = [
            "calibration_board", "checkerboard", "dot_grid", "circle_targets", "square_marker", "crossword", "grid_lines", "square_targets",
            "maze", "maze", "circuit", "radial", "rings", "mandala", "seals", "table",
        ]
        self._cells = ["number_card", "number_card", "word_grid", "dense_crossword", "crossword"]
        self._fine = ["leaves", "leaves", "flowers", "seed_head", "clutter"]
        self._emblems = sorted({maker.__name__ for maker in emblems.EMBLEMS})
        self._lookalikes = sorted({maker.__name__ for maker in puzzles.PUZZLES + suns.SUNS + live.LIVE} | set(self._emblems))
        self._square = [s for s in bank.codes[OTHER] if s.style in ("DataMatrix", "Aztec", "MaxiCode")]
        self._by_kind = {}
        for kind, image in bank.scenes:
            self._by_kind.setdefault(kind, []).append(image)
        self._screens = [k for k in ("text_page", "table", "app_screen", "poster", "sticker_wall", "code_like_layout", "seals", "vertical_text", "diagram", "listing", "glyphs") if k in self._by_kind]

    def ground(self, rng, for_code):
        """A scene of SIDE x SIDE pixels (float32) and its kind."""
        u = rng.random()
        if for_code and u < 0.22 or u < 0.02:
            image = np.full((SIDE, SIDE), rng.choice([255, rng.integers(180, 256), rng.integers(256)]), np.float32)
            if rng.random() < 0.4:
                image += cv2.resize(rng.normal(0, 20, (3, 3)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
            return image, "flat"
        if not for_code and u < 0.3:
            return (self._miniatures(rng), "miniatures") if rng.random() < 0.6 else (self._whole(rng), "whole")
        source, kind = self._source(rng, 0.45 if for_code else 0.3, 0.65 if for_code else 0.4)
        image = self._crop(source, rng)
        if not for_code and rng.random() < 0.1:  # two scenes side by side: edges between things
            other, _ = self.ground(rng, True)
            cut = int(rng.integers(30, SIDE - 30))
            if rng.random() < 0.5:
                image[:, cut:] = other[:, cut:]
            else:
                image[cut:] = other[cut:]
        return image, kind

    def _source(self, rng, photo_share, screen_share):
        """A scene of any kind at its own size."""
        if rng.random() < photo_share:
            return self.bank.photos[int(rng.integers(len(self.bank.photos)))], "photo"
        u = rng.random()
        pool = self._screens if u < screen_share else self._lookalikes if u < 0.5 + screen_share / 2 else self.kinds[4:]
        return self._scene(pool, rng)

    def _scene(self, kinds, rng):
        """A scene of one of those kinds, and which."""
        kinds = self.bank.only or kinds
        kind = kinds[int(rng.integers(len(kinds)))]
        images = self._by_kind[kind]
        return images[int(rng.integers(len(images)))], kind

    def _whole(self, rng):
        """A whole photo or screen reduced to the size of a code, its edge drawn out: the coarsest levels of a pyramid."""
        source, _ = self._source(rng, 0.75, 0.8)
        f = float(np.exp(rng.uniform(np.log(40), np.log(SIDE)))) / max(source.shape)
        small = cv2.resize(source, None, fx=f, fy=f, interpolation=cv2.INTER_AREA if f < 1 else cv2.INTER_LINEAR)[:SIDE, :SIDE]
        return _drawn_out(small.astype(np.float32), rng)

    def _miniatures(self, rng):
        """Whole scenes and single things as small as codes are: what the coarse levels of a pyramid see."""
        image, _ = self.ground(rng, True)
        n = int(rng.choice([1, 2, 3, 4, 6], p=[0.35, 0.2, 0.15, 0.2, 0.1]))
        cell = SIDE / n if n < 4 else SIDE / int(np.ceil(np.sqrt(n)))
        for i in range(n):
            size = float(np.exp(rng.uniform(np.log(24), np.log(170)))) if n == 1 else cell * rng.uniform(0.4, 1.0)
            u = rng.random()
            if u < 0.25 and (self.bank.cutouts or self.bank.icons):
                pool = self.bank.cutouts if self.bank.cutouts and rng.random() < 0.6 else self.bank.icons
                grey, alpha = pool[int(rng.integers(len(pool)))]
                grey = grey.astype(np.float32)
            elif u < 0.6:
                grey, alpha = self._board(rng, size)
            else:
                grey, alpha = self._picture(rng, size)
            if min(grey.shape) < 4:
                continue
            h, w = grey.shape
            corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64)
            if n == 1:
                centre = rng.uniform(SIDE * 0.25, SIDE * 0.75, 2)
            else:
                per = int(SIDE // cell)
                centre = (np.array([i % per, i // per]) + 0.5) * cell
            place(image, Layer(grey, alpha, corners, 1.0, OTHER, 0), rng, size, centre, pose=None if rng.random() < 0.5 else (0.0, 0.0, 0.0, 1.0))
        return image

    def _board(self, rng, size):
        """A look-alike as a card of its own or a sticker: (grey, alpha), about twice as large as it will be."""
        u = rng.random()
        pool = self._boards if u < 0.2 else self._emblems if u < 0.4 else self._cells if u < 0.75 else self._lookalikes
        source, kind = self._scene(pool, rng)
        whole = rng.random() < 0.5
        part = _reduced(source if whole else _part(source, rng), size)
        disc = whole and rng.random() < (0.5 if kind in self._emblems else 0.15)
        if not disc and rng.random() < 0.6:  # printed on a sheet of paper
            rim = int(size * rng.uniform(0.03, 0.25))
            part = cv2.copyMakeBorder(part, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=int(rng.integers(150, 256)))
        return part.astype(np.float32), _disc(part.shape) if disc else np.full(part.shape, 255, np.uint8)

    def _picture(self, rng, size):
        """A part of a photo or a screen, now and then round, sometimes with a rim: (grey, alpha)."""
        source, kind = self._source(rng, 0.5, 0.55)
        if kind in ("random_blocks", "noise_field"):  # a square of noise cannot be told from a code without eyes
            source = self.bank.photos[int(rng.integers(len(self.bank.photos)))]
        disc = rng.random() < 0.35
        if disc and rng.random() < 0.4:  # a round portrait of something fine
            source, _ = self._scene(self._fine, rng)
        part = _reduced(_part(source, rng), size).astype(np.float32)
        if not disc:
            return part, np.full(part.shape, 255, np.uint8)
        alpha = _disc(part.shape)
        if rng.random() < 0.5:
            middle = (part.shape[1] // 2, part.shape[0] // 2)
            width = max(1, int(min(part.shape) * rng.uniform(0.02, 0.1)))
            axes = (max(1, middle[0] - width // 2), max(1, middle[1] - width // 2))
            cv2.ellipse(part, middle, axes, 0, 0, 360, float(rng.choice([255, 255, rng.integers(256)])), width, cv2.LINE_AA)
        return part, alpha

    def _crop(self, source, rng):
        least = min(source.shape)
        side = min(float(np.exp(rng.uniform(np.log(90), np.log(least * 1.2)))), least)
        if rng.random() < 0.6:
            n = int(side)
            y, x = rng.integers(0, source.shape[0] - n + 1), rng.integers(0, source.shape[1] - n + 1)
            part = source[y:y + n, x:x + n]
            how = cv2.INTER_AREA if n > SIDE else cv2.INTER_LINEAR
            return cv2.resize(part, (SIDE, SIDE), interpolation=how).astype(np.float32)
        roll, yaw, pitch, stretch = _pose(rng)
        matrix = camera.plane_homography(side, side, roll, yaw * 0.7, pitch * 0.7, stretch)
        scale = SIDE * rng.uniform(1.0, 1.8)
        matrix = np.array([[scale, 0, SIDE / 2], [0, scale, SIDE / 2], [0, 0, 1]]) @ matrix
        n = int(side)
        y, x = rng.integers(0, source.shape[0] - n + 1), rng.integers(0, source.shape[1] - n + 1)
        part = source[y:y + n, x:x + n]
        if n > 2 * SIDE:  # averaged first, for warps do not average
            f = 1.5 * SIDE / n
            part = cv2.resize(part, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
            matrix = matrix @ np.diag([n / part.shape[1], n / part.shape[0], 1.0])
        return cv2.warpPerspective(part, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)

    def _class(self, rng):
        classes = list(self.share)
        return classes[int(rng.choice(len(classes), p=list(self.share.values())))]

    def _symbol(self, rng, cls=None):
        if cls is None:
            cls = self._class(rng)
        pool = self.bank.codes[cls]
        if cls == OTHER and rng.random() < 0.55:  # the square ones are the hard ones
            pool = self._square
        return pool[int(rng.integers(len(pool)))]

    def _size(self, rng, symbol):
        low, high = (17, 200) if rng.random() < 0.12 else (SMALLEST, LARGEST)
        size = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        if symbol.cls != OTHER:
            # A module below 0.7 px is a grey field to everybody; make most such codes larger.
            finest = 0.75 * max(symbol.ink.shape) / symbol.module
            if symbol.cls == QR and size < finest:
                size = min(float(LARGEST), finest * rng.uniform(1.0, 1.5))
        return size

    def patch(self, seed, with_code):
        """One patch: (uint8 image, label rows, scene kind)."""
        rng = np.random.default_rng(seed)
        image, kind = self.ground(rng, with_code)
        rows, modules = [], []
        if with_code:
            if rng.random() < 0.08:
                self._sheet(image, rng, rows, modules)
            else:
                self._scattered(image, rng, rows, modules)
        image = _edge_beside_codes(image, rows, rng)
        sharp = image.copy()
        image, steps = camera.degrade(image, rng, min(modules, default=rng.uniform(0.8, 4.0)))
        bits = sum(_BIT[s] for s in steps if s in _BIT)
        labels = np.zeros((SLOTS, FIELDS), np.float32)
        for slot, row in zip(labels, rows):
            slot[:] = row
            x0, y0, x1, y1 = (int(v) for v in (*np.floor(row[:2]), *np.ceil(row[2:4])))
            if not _still_seen(sharp[y0:y1, x0:x1], image[y0:y1, x0:x1]):
                slot[7] = IGNORE
            slot[8] = int(row[8]) | bits
        return image, labels, kind

    def _scattered(self, image, rng, rows, modules):
        wanted = int(rng.choice([1, 2, 3, 5], p=[0.7, 0.18, 0.08, 0.04]))
        taken = []
        for _ in range(wanted):
            symbol = self._symbol(rng)
            size = self._size(rng, symbol)
            if wanted > 2:
                size = min(size, 70.0)
            reach = size / 2
            if rng.random() < 0.15:
                reach *= rng.uniform(-0.1, 1.0)  # may be cut by the border
            for _ in range(8):
                centre = rng.uniform(min(reach, SIDE / 2), max(SIDE - reach, SIDE / 2), 2)
                if all(np.abs(centre - c).max() > 0.62 * (size + s) for c, s in taken):
                    break
            else:
                continue
            x, y = (int(v) for v in np.clip(centre, 0, SIDE - 1))
            r = int(max(4, size / 2))
            tone = float(image[max(0, y - r):y + r, max(0, x - r):x + r].mean())
            layer = make_layer(symbol, rng, self.bank, size, tone)
            result = place(image, layer, rng, size, centre, bend=rng.random() < 0.12)
            taken.append((centre, size))
            if result is not None:
                rows.append(result[0])
                modules.append(result[1])

    def _sheet(self, image, rng, rows, modules):
        """Rows of codes, as printed for sale or on a poster."""
        n = int(rng.integers(2, 5))
        pitch = SIDE / n * rng.uniform(0.8, 1.05)
        size = pitch * rng.uniform(0.6, 0.85)
        cls = self._class(rng)
        roll = 0.0 if rng.random() < 0.6 else rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        for i in range(n):
            for j in range(n):
                if rng.random() < 0.12:
                    continue
                centre = turn @ ((np.array([i, j]) - (n - 1) / 2) * pitch) + SIDE / 2
                layer = make_layer(self._symbol(rng, cls), rng, self.bank, size, float(image.mean()))
                layer.tags |= _BIT["sheet"]
                grown = size * (abs(np.cos(roll)) + abs(np.sin(roll))) if cls not in (MINI, ROUND, CHANNELS) else size
                result = place(image, layer, rng, grown, centre, pose=(roll, 0.0, 0.0, 1.0))
                if result is not None and len(rows) < SLOTS:
                    rows.append(result[0])
                    modules.append(result[1])
