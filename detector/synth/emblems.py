"""Negatives that are round: avatars with rims and signs, emblems and seals of circular writing, wheels of fortune, ring
charts, sound rings, watches and lenses, balls, rosettes, round mazes.

They have what round codes have (a disc with a picture, small discs on its rim, rays, broken rings), never all of it.
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import screens
from .suns import any_grey

SIDE = 512
_SHIFT = 4  # binary digits of a pixel's parts


def _ground(rng, bank):
    """What a round thing lies on: plain, shaded or a photo."""
    u = rng.random()
    if u < 0.3:
        return bank.picture(rng, SIDE).copy()
    image = np.full((SIDE, SIDE), 255 if u < 0.45 else any_grey(rng), np.uint8)
    if u > 0.8:
        shade = cv2.resize(rng.uniform(0, 90, (3, 3)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        image = np.clip(image - shade, 0, 255).astype(np.uint8)
    return image


def _circle(image, centre, radius, value, thick=-1):
    at = tuple(int(v * (1 << _SHIFT)) for v in centre)
    thick = thick if thick < 0 else max(1, int(round(thick)))
    cv2.circle(image, at, max(1, int(radius * (1 << _SHIFT))), int(value), thick, cv2.LINE_AA, _SHIFT)


def _disc_of(image, centre, radius, picture):
    """Lays a square picture as a disc."""
    n = max(3, int(2 * radius))
    small = cv2.resize(picture, (n, n), interpolation=cv2.INTER_AREA)
    mask = np.zeros((n, n), np.uint8)
    cv2.circle(mask, (n // 2, n // 2), n // 2 - 1, 255, -1, cv2.LINE_AA)
    left, top = (int(v - radius) for v in centre)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(SIDE, left + n), min(SIDE, top + n)
    if x0 < x1 and y0 < y1:
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        weight = mask[part].astype(np.float32) / 255
        view = image[y0:y1, x0:x1]
        view[:] = view + weight * (small[part] - view.astype(np.float32))


def _icon(rng, bank, size):
    """An icon, a letter or a plain tone: what stands in the middle of an emblem."""
    u = rng.random()
    if u < 0.4 and bank.icons:
        grey, alpha = bank.icons[int(rng.integers(len(bank.icons)))]
        ground = np.full(grey.shape, any_grey(rng), np.float32)
        mixed = ground + (grey - ground) * (alpha.astype(np.float32) / 255)
        return cv2.resize(mixed.astype(np.uint8), (size, size), interpolation=cv2.INTER_AREA)
    if u < 0.6:
        return bank.picture(rng, size)
    value = any_grey(rng)
    image = Image.new("L", (size, size), value)
    if u < 0.9:
        chinese = rng.random() < 0.6
        letters = screens.words(rng, int(rng.integers(1, 3)), chinese)
        face = screens.font(rng, size * (0.6 if len(letters) == 1 else 0.4), chinese)
        ImageDraw.Draw(image).text((size / 2, size / 2), letters, any_grey(rng, value), font=face, anchor="mm")
    return np.asarray(image).copy()


def _places(rng, most=4):
    """Where round things stand: one, rows, or anywhere. Yields (centre, radius)."""
    u = rng.random()
    if u < 0.2:
        for _ in range(int(rng.integers(2, 9))):
            yield rng.uniform(0, SIDE, 2), SIDE * rng.uniform(0.05, 0.2)
        return
    across = 1 if u < 0.6 else int(rng.integers(2, most + 1))
    cell = SIDE / across
    fill, jitter = rng.uniform(0.3, 0.49), 0.0 if rng.random() < 0.5 else 0.06
    for i in range(across * across):
        yield np.array([(i % across + 0.5) * cell, (i // across + 0.5) * cell]) + rng.uniform(-jitter, jitter, 2) * cell, cell * fill


def _round_writing(image, centre, radius, size, ink, rng, whole=None):
    """Letters along a circle of that radius, their feet inwards, from the upper half or all around."""
    chinese = rng.random() < 0.5
    face = screens.font(rng, 48, chinese)
    pitch = size * (1.15 if chinese else 0.72) / radius
    whole = rng.random() < 0.4 if whole is None else whole
    room = int((2 * np.pi if whole else rng.uniform(1.2, 4.0)) / pitch)
    text = screens.words(rng, max(3, min(room, 90)), chinese)
    first = -np.pi / 2 - len(text) * pitch / 2 + (np.pi if rng.random() < 0.2 else 0)
    inward = rng.random() < 0.2
    stretched = rng.uniform(0.8, 1.2)
    for i, letter in enumerate(text):
        if letter == " ":
            continue
        a = first + (i + 0.5) * pitch
        tile = Image.new("L", (64, 64), 0)
        ImageDraw.Draw(tile).text((32, 32), letter, 255, font=face, anchor="mm")
        at = centre + radius * np.array([np.cos(a), np.sin(a)])
        turn, scale = a + np.pi / 2 + (np.pi if inward else 0), size / 48
        n = int(64 * scale * 1.5) + 2
        left, top = (int(v) - n // 2 for v in at)
        if left < 0 or top < 0 or left + n > SIDE or top + n > SIDE:
            continue
        matrix = scale * np.array([[np.cos(turn), -stretched * np.sin(turn)], [np.sin(turn), stretched * np.cos(turn)]])
        shift = at - (left, top) - matrix @ (32, 32)
        mask = cv2.warpAffine(np.asarray(tile), np.column_stack([matrix, shift]), (n, n), flags=cv2.INTER_AREA)
        view = image[top:top + n, left:left + n]
        view[:] = view + (mask / 255.0) * (float(ink) - view)


def avatars(rng, bank):
    """Round portraits with rims, rings and signs, as in live rooms: one, rows that overlap, lists."""
    image = _ground(rng, bank)
    rim, sign, label = rng.random() < 0.65, rng.random() < 0.5, rng.random() < 0.3
    places = list(_places(rng))
    if rng.random() < 0.25:  # a row that overlaps, as viewers at the upper edge of a room
        radius, n = SIDE * rng.uniform(0.05, 0.16), int(rng.integers(2, 7))
        y, x = rng.uniform(0.2, 0.8) * SIDE, rng.uniform(0.1, 0.4) * SIDE
        places = [(np.array([x + i * radius * rng.uniform(1.4, 1.7), y]), radius) for i in range(n)]
    width, gap = rng.uniform(0.02, 0.14), rng.choice([0.0, rng.uniform(0.02, 0.1)])
    tone, dotted = any_grey(rng), rng.random() < 0.12
    for centre, radius in places:
        picture = _icon(rng, bank, max(8, int(2 * radius))) if rng.random() < 0.3 else bank.picture(rng, max(8, int(2 * radius)))
        inner = radius * (1 - width - gap) if rim else radius
        if rim:
            if rng.random() < 0.5:
                _circle(image, centre, radius, 255 if rng.random() < 0.6 else any_grey(rng))
            if dotted:
                for a in np.arange(24) * np.pi / 12:
                    _circle(image, centre + radius * 0.95 * np.array([np.cos(a), np.sin(a)]), radius * 0.05, tone)
            else:
                _circle(image, centre, radius * (1 - width / 2), tone, radius * width)
        _disc_of(image, centre, inner, picture)
        if sign:
            a, r = rng.choice([0.25, 0.25, 0.5, 0.75, -0.25]) * np.pi, radius * rng.uniform(0.15, 0.32)
            at = centre + (radius - 0.3 * r) * np.array([np.cos(a), np.sin(a)])
            _circle(image, at, r * 1.15, 255 if rng.random() < 0.6 else any_grey(rng))
            face = any_grey(rng)
            _circle(image, at, r, face)
            ink = 255 if face < 128 else 0
            if rng.random() < 0.6:
                p, q = tuple(int(v) for v in at - (r * 0.5, 0)), tuple(int(v) for v in at + (r * 0.5, 0))
                cv2.line(image, p, q, ink, max(1, int(r * 0.25)), cv2.LINE_AA)
                if rng.random() < 0.6:
                    cv2.line(image, (int(at[0]), int(at[1] - r * 0.5)), (int(at[0]), int(at[1] + r * 0.5)), ink, max(1, int(r * 0.25)), cv2.LINE_AA)
        if label:
            _label(image, centre + (0, radius * 0.85), radius * rng.uniform(0.9, 1.5), rng)
    return image


def _label(image, centre, width, rng):
    """A small plate with a word, as on the lower rim of a portrait."""
    height = width * rng.uniform(0.25, 0.4)
    value = any_grey(rng)
    plate = Image.fromarray(image)
    draw = ImageDraw.Draw(plate)
    x, y = centre
    draw.rounded_rectangle((x - width / 2, y - height / 2, x + width / 2, y + height / 2), height * 0.5, fill=value)
    text = str(rng.choice(["直播中", "LIVE", "主播", "关注", "LV.3", "+关注", "店铺", "在播"]))
    chinese = not text.isascii()
    draw.text((x, y), text, 255 if value < 140 else 0, font=screens.font(rng, height * 0.7, chinese), anchor="mm")
    image[:] = np.asarray(plate)


def emblem(rng, bank):
    """Seals, stamps, crests, coins, caps, tokens: rims, writing along the rim, a picture or a star in the middle."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 3):
        face = any_grey(rng)
        ink = any_grey(rng, face, 70)
        if rng.random() < 0.75:
            _circle(image, centre, radius, face)
        at, size = 1.0, rng.uniform(0.1, 0.24)
        for _ in range(int(rng.integers(0, 4))):
            _circle(image, centre, radius * at * 0.97, ink, radius * rng.uniform(0.01, 0.07))
            at -= rng.uniform(0.03, 0.12)
        if rng.random() < 0.25:  # dots or notches around
            n = int(rng.integers(20, 120))
            for a in np.arange(n) * 2 * np.pi / n:
                _circle(image, centre + radius * at * np.array([np.cos(a), np.sin(a)]), max(1.0, radius * 0.02), ink)
            at -= 0.05
        for _ in range(1 if rng.random() < 0.75 else 2):
            if at - size > 0.3:
                _round_writing(image, centre, radius * (at - size * 0.6), radius * size, ink, rng)
                at -= size * 1.25
        if rng.random() < 0.5:
            _circle(image, centre, radius * at, ink, radius * rng.uniform(0.01, 0.05))
        inner = radius * at * rng.uniform(0.5, 0.95)
        if rng.random() < 0.3:
            n = int(rng.choice([5, 5, 5, 6, 8]))
            a = np.arange(2 * n) * np.pi / n - np.pi / 2
            points = centre + inner * 0.7 * np.where(np.arange(2 * n) % 2 == 0, 1, 0.4)[:, None] * np.stack([np.cos(a), np.sin(a)], 1)
            cv2.fillPoly(image, [np.int32(points * 16)], ink, cv2.LINE_AA, _SHIFT)
        elif inner > 4:
            _disc_of(image, centre, inner, _icon(rng, bank, max(8, int(2 * inner))))
    return image


def fortune_wheel(rng, bank):
    """Wheels of fortune, roulettes, dartboards, colour wheels: sectors with words or things, lamps on the rim, a hub."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 2):
        n, tones = int(rng.integers(4, 38)), [any_grey(rng) for _ in range(int(rng.integers(2, 5)))]
        rim = rng.uniform(0, 0.2)
        _circle(image, centre, radius, any_grey(rng))
        bands = 1 if rng.random() < 0.6 else int(rng.integers(2, 6))
        for band in range(bands):
            outer = radius * (1 - rim) * (1 - band / bands)
            for k in range(n):
                axes = (max(1, int(outer)),) * 2
                start, tone = 360 * k / n, tones[(k + band) % len(tones)]
                cv2.ellipse(image, tuple(int(v) for v in centre), axes, 0, start, start + 360 / n, int(tone), -1, cv2.LINE_AA)
        words, face = rng.random() < 0.7, screens.font(rng, max(6, radius * min(0.16, 3.0 / n)))
        picture = Image.fromarray(image)
        draw = ImageDraw.Draw(picture)
        for k in range(n if words else 0):
            a = 2 * np.pi * (k + 0.5) / n
            at = centre + radius * (1 - rim) * 0.75 * np.array([np.cos(a), np.sin(a)])
            text = str(int(rng.integers(1, 99))) if n > 12 else screens.words(rng, 2)
            draw.text(tuple(at), text, any_grey(rng), font=face, anchor="mm")
        image = np.asarray(picture).copy()
        lamps = int(rng.integers(8, 40)) if rim > 0.05 else 0
        for a in np.arange(lamps) * 2 * np.pi / max(1, lamps):
            _circle(image, centre + radius * (1 - rim / 2) * np.array([np.cos(a), np.sin(a)]), radius * rim * 0.25, 255 if rng.random() < 0.8 else 90)
        hub = radius * rng.uniform(0.08, 0.3)
        if rng.random() < 0.7:
            _circle(image, centre, hub, any_grey(rng))
            _disc_of(image, centre, hub * 0.8, _icon(rng, bank, max(8, int(2 * hub))))
    return image


def ring_chart(rng, bank):
    """Rings of progress, pies, doughnuts, sunburst charts, gauges: few arcs a ring, each of another tone."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 3):
        count = int(rng.integers(1, 5))
        hole = rng.uniform(0.2, 0.75)
        pitch = radius * (1 - hole) / count
        solid, tones = rng.random() < 0.5, [any_grey(rng) for _ in range(6)]
        for ring in range(count):
            at, start = radius - (ring + 0.5) * pitch, rng.uniform(0, 360)
            width = max(1, int(pitch * (1.0 if solid else rng.uniform(0.4, 0.8))))
            if rng.random() < 0.4:
                _circle(image, centre, at, 225, width)
            ends = np.sort(rng.uniform(0, 360, int(rng.integers(1, 9))))
            for k, (a, b) in enumerate(zip(ends, np.append(ends[1:], ends[0] + 360 * (len(ends) > 1)))):
                if len(ends) > 1 and not solid and k % 2:
                    continue
                b = b if len(ends) > 1 else rng.uniform(60, 350)
                cv2.ellipse(image, tuple(int(v) for v in centre), (max(1, int(at)),) * 2, start, a, b, int(tones[k % 6]), width, cv2.LINE_AA)
        if rng.random() < 0.6:
            _disc_of(image, centre, radius * hole * 0.75, _icon(rng, bank, max(8, int(2 * radius * hole))))
    return image


def sound_ring(rng, bank):
    """Bars of sound around a picture: whole rays of unequal length that stand on a circle, and no eyes."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 2):
        n = int(rng.choice([24, 36, 48, 60, 72, 90, 120, 180]))
        base = rng.uniform(0.35, 0.7)
        ink = any_grey(rng)
        lengths = rng.beta(1.2, 1.5, n)
        if rng.random() < 0.5:  # neighbours alike
            kernel = np.ones(int(rng.integers(2, 6)))
            lengths = np.convolve(np.concatenate([lengths, lengths[:len(kernel) - 1]]), kernel / kernel.sum(), "valid")
        if rng.random() < 0.3:
            lengths = np.maximum(lengths, lengths[::-1])
        thick = max(1, int(2 * np.pi * base * radius / n * rng.uniform(0.25, 0.75)))
        both = rng.random() < 0.3
        for k, length in enumerate(lengths):
            d = np.array([np.cos(2 * np.pi * k / n), np.sin(2 * np.pi * k / n)])
            low = base - (0.5 * (1 - base) * length if both else 0)
            p, q = centre + radius * low * d, centre + radius * (base + (1 - base) * length) * d
            cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in q), ink, thick, cv2.LINE_AA)
        _disc_of(image, centre, radius * base * (0.6 if both else 0.92), _icon(rng, bank, max(8, int(radius))))
    return image


def round_things(rng, bank):
    """Watches with small dials, lenses, records, plates, hobs, buttons, sockets, knobs: rings, and discs on or in them."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 3):
        at = radius
        for _ in range(int(rng.integers(1, 8))):
            _circle(image, centre, at, any_grey(rng), int(rng.choice([-1, -1, 1])) if at < radius else -1)
            at *= rng.uniform(0.55, 0.97)
            if at < 3:
                break
        if rng.random() < 0.4:  # grooves
            ink = any_grey(rng)
            for r in np.arange(radius * 0.3, radius * 0.95, max(2.0, radius * rng.uniform(0.01, 0.05))):
                _circle(image, centre, r, ink, 1)
        if rng.random() < 0.35:
            n = int(rng.choice([12, 24, 30, 60]))
            ink = any_grey(rng)
            for a in np.arange(n) * 2 * np.pi / n:
                d = np.array([np.cos(a), np.sin(a)])
                cv2.line(image, tuple(int(v) for v in centre + 0.93 * radius * d), tuple(int(v) for v in centre + rng.uniform(0.8, 0.88) * radius * d), ink, max(1, int(radius * 0.02)), cv2.LINE_AA)
        small = int(rng.choice([0, 1, 2, 3, 3, 4, 6]))
        spread, size, phase = radius * rng.uniform(0.3, 0.7), radius * rng.uniform(0.08, 0.26), rng.uniform(0, 6)
        for a in phase + np.arange(small) * (2 * np.pi / max(1, small) if rng.random() < 0.6 else np.pi / 2):
            spot = centre + spread * np.array([np.cos(a), np.sin(a)])
            for part in np.linspace(1, 0.3, int(rng.integers(1, 4))):
                _circle(image, spot, size * part, any_grey(rng))
        if rng.random() < 0.3:
            _disc_of(image, centre, radius * 0.3, _icon(rng, bank, max(8, int(radius * 0.6))))
    return image


def ball(rng, bank):
    """Balls with seams, panels and print: volleyballs, footballs, basketballs, globes, lanterns."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 2):
        skin = any_grey(rng)
        ink = any_grey(rng, skin)
        n = max(8, int(2 * radius))
        y, x = np.mgrid[-1:1:n * 1j, -1:1:n * 1j].astype(np.float32)
        z = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
        a, b = rng.uniform(0, 6, 2)
        turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        u, v, w = np.tensordot(turn, np.stack([x, y, z]), 1)
        lon, lat = np.arctan2(v, u), np.arcsin(np.clip(w, -1, 1))
        kind, wide = rng.integers(4), rng.uniform(0.02, 0.12)
        if kind == 0:
            seam = (np.abs(np.sin(lon * rng.integers(1, 7))) < wide * 2) | (np.abs(np.sin(lat * rng.integers(1, 7))) < wide)
        elif kind == 1:
            seam = np.sin(u * rng.uniform(3, 9)) * np.sin(v * rng.uniform(3, 9)) * np.sin(w * rng.uniform(3, 9)) > 0.15
        elif kind == 2:
            seam = np.abs(np.sin(lon * 3 + 1.5 * np.sin(lat * 3))) < wide * 4
        else:
            seam = np.zeros(u.shape, bool)
        face = np.where(seam, float(ink), float(skin)) * np.clip(0.55 + 0.45 * (z - 0.4 * x - 0.4 * y), 0.2, 1.1)
        _disc_of(image, centre, radius, np.clip(face, 0, 255).astype(np.uint8))
        if rng.random() < 0.6:
            spot = centre + rng.uniform(-0.2, 0.2, 2) * radius
            for _ in range(int(rng.integers(1, 3))):
                _round_writing(image, spot, radius * rng.uniform(0.3, 0.75), radius * rng.uniform(0.08, 0.2), ink, rng)
            if rng.random() < 0.5:
                _circle(image, spot, radius * rng.uniform(0.3, 0.9), ink, radius * 0.03)
    return image


def rosette(rng, bank):
    """Rose windows, lace, kaleidoscopes, snowflakes, paper cuts, tiles: a piece repeated around a centre, often mirrored."""
    image = _ground(rng, bank)
    for centre, radius in _places(rng, 3):
        n = int(rng.choice([3, 4, 5, 6, 6, 8, 8, 10, 12, 16]))
        side = max(16, int(2 * radius))
        y, x = np.mgrid[-1:1:side * 1j, -1:1:side * 1j].astype(np.float32)
        r, a = np.hypot(x, y), np.mod(np.arctan2(y, x), 2 * np.pi / n)
        if rng.random() < 0.8:
            a = np.minimum(a, 2 * np.pi / n - a)
        piece = np.full((128, 128), any_grey(rng), np.uint8)
        for _ in range(int(rng.integers(6, 60))):
            at, size = rng.integers(0, 128, 2), int(rng.integers(2, 26))
            if rng.random() < 0.5:
                cv2.circle(piece, tuple(int(v) for v in at), size, any_grey(rng), int(rng.choice([-1, 2, 3])), cv2.LINE_AA)
            else:
                cv2.line(piece, tuple(int(v) for v in at), tuple(int(v) for v in rng.integers(0, 128, 2)), any_grey(rng), max(1, size // 4), cv2.LINE_AA)
        if rng.random() < 0.5:
            piece = np.where(piece > np.median(piece), any_grey(rng), any_grey(rng)).astype(np.uint8)
        face = cv2.remap(piece, (a / (2 * np.pi / n) * 127).astype(np.float32), np.clip(r * 127, 0, 127), cv2.INTER_LINEAR)
        _disc_of(image, centre, radius, face)
    return image


def round_maze(rng, bank):
    """Mazes, labyrinths and radars of rings: walls of one piece with gaps, joined by short spokes."""
    image = _ground(rng, bank) if rng.random() < 0.3 else np.full((SIDE, SIDE), 255, np.uint8)
    for centre, radius in _places(rng, 2):
        paper, rings = any_grey(rng), int(rng.integers(4, 14))
        ink = any_grey(rng, paper, 80)
        _circle(image, centre, radius, paper)
        pitch = radius / (rings + 1)
        thick = max(1, int(pitch * rng.uniform(0.1, 0.5)))
        for ring in range(1, rings + 1):
            at, gaps = ring * pitch, np.sort(rng.uniform(0, 360, int(rng.integers(1, 5))))
            gap = np.rad2deg(pitch / at) * 0.8
            for a, b in zip(gaps, np.append(gaps[1:], gaps[0] + 360)):
                if b - a > gap:
                    cv2.ellipse(image, tuple(int(v) for v in centre), (max(1, int(at)),) * 2, 0, a + gap, b, ink, thick, cv2.LINE_AA)
            for a in rng.uniform(0, 2 * np.pi, int(rng.integers(0, 2 + ring))):
                d = np.array([np.cos(a), np.sin(a)])
                p, q = centre + at * d, centre + (at + (pitch if ring < rings else 0)) * d
                cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in q), ink, thick, cv2.LINE_AA)
    return image


EMBLEMS = (avatars, avatars, avatars, emblem, emblem, emblem, fortune_wheel, ring_chart, sound_ring, sound_ring, round_things, round_things, ball, rosette, round_maze)
