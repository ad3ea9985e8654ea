"""Negatives that radiate: sunbursts, badges, dials, sound rings, flower heads, seed heads, leaves.

Unlike a mini-program code they have no eyes, their spokes reach the centre or are all alike.
"""

import cv2
import numpy as np

SIDE = 512


def any_grey(rng, apart_from=None, least=50):
    """A grey, not near another one."""
    value = int(rng.integers(0, 256))
    if apart_from is not None and abs(value - apart_from) < least:
        value = (apart_from + int(rng.integers(least + 10, 256 - least))) % 256
    return value


def _centres(rng):
    """Where suns stand: one, or rows of them. Yields (centre, radius)."""
    across = int(rng.choice([1, 1, 2, 3]))
    cell = SIDE / across
    for i in range(across * across):
        centre = np.array([(i % across + 0.5) * cell, (i // across + 0.5) * cell]) + rng.uniform(-0.06, 0.06, 2) * cell
        yield centre, cell * rng.uniform(0.32, 0.5)


def _wedge(image, centre, r0, r1, a0, a1, value):
    t = np.linspace(a0, a1, 6)
    outer = centre + r1 * np.stack([np.cos(t), np.sin(t)], 1)
    inner = centre + r0 * np.stack([np.cos(t[::-1]), np.sin(t[::-1])], 1)
    cv2.fillPoly(image, [np.int32(np.concatenate([outer, inner]) * 16)], value, cv2.LINE_AA, 4)


def sunburst(rng):
    """Rays from a centre over the whole ground, as behind offers and prizes; often with a disc or words in the middle."""
    ground = any_grey(rng)
    ray = any_grey(rng, ground)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    centre = rng.uniform(0.25, 0.75, 2) * SIDE if rng.random() < 0.7 else rng.uniform(-0.1, 1.1, 2) * SIDE
    n = int(rng.integers(6, 60))
    reach = rng.choice([2.0, rng.uniform(0.25, 0.6)]) * SIDE
    start = rng.choice([0.0, rng.uniform(0, 0.25)]) * SIDE
    even, phase, step = rng.uniform(0.25, 0.75), rng.uniform(0, 6), 2 * np.pi / n
    ragged = rng.random() < 0.3
    for k in range(n):
        a = phase + k * step + (rng.uniform(-0.2, 0.2) * step if ragged else 0)
        _wedge(image, centre, start, reach * (rng.uniform(0.6, 1) if ragged else 1), a, a + step * even * (rng.uniform(0.5, 1.2) if ragged else 1), ray)
    if rng.random() < 0.6:
        cv2.circle(image, tuple(int(v) for v in centre), int(rng.uniform(0.04, 0.2) * SIDE), any_grey(rng), -1, cv2.LINE_AA)
    return _lettered(image, centre, rng)


def _lettered(image, centre, rng):
    if rng.random() < 0.5:
        text = str(rng.choice(["SALE", "50%", "NEW", "WOW", "BEST", "1+1", "9.9", "OFF", "100", "VIP"]))
        size = rng.uniform(0.8, 4)
        (w, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, 4)
        at = (int(centre[0] - w / 2), int(centre[1] + 10 * size))
        cv2.putText(image, text, at, cv2.FONT_HERSHEY_DUPLEX, size, any_grey(rng), int(rng.integers(2, 9)), cv2.LINE_AA)
    return image


def badge(rng):
    """Starburst stickers, seals with a toothed rim, gears, medals, bottle caps."""
    image = np.full((SIDE, SIDE), any_grey(rng), np.uint8)
    for centre, radius in _centres(rng):
        n, depth = int(rng.integers(8, 64)), rng.uniform(0.04, 0.5)
        angles = np.arange(2 * n) * np.pi / n + rng.uniform(0, 1)
        lengths = radius * np.where(np.arange(2 * n) % 2 == 0, 1, 1 - depth)
        points = centre + lengths[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        value = any_grey(rng)
        cv2.fillPoly(image, [np.int32(points * 16)], value, cv2.LINE_AA, 4)
        for _ in range(int(rng.integers(0, 4))):
            cv2.circle(image, tuple(int(v) for v in centre), int(radius * (1 - depth) * rng.uniform(0.3, 0.95)), any_grey(rng), int(rng.choice([-1, 1, 2, 5])), cv2.LINE_AA)
        if rng.random() < 0.5:
            _lettered(image, centre, rng)
    return image


def dial(rng):
    """Clocks, gauges, compasses, knobs, protractors: ticks of two or three lengths, figures, hands."""
    ground = any_grey(rng)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    for centre, radius in _centres(rng):
        face = any_grey(rng)
        ink = any_grey(rng, face)
        middle = tuple(int(v) for v in centre)
        cv2.circle(image, middle, int(radius), face, -1, cv2.LINE_AA)
        if rng.random() < 0.6:
            cv2.circle(image, middle, int(radius * 0.98), ink, max(1, int(radius * rng.uniform(0.01, 0.12))), cv2.LINE_AA)
        n = int(rng.choice([12, 24, 36, 60, 60, 72, 90, 120]))
        every = int(rng.choice([5, 5, 3, 10, 2]))
        whole = rng.choice([1.0, 1.0, 0.75])
        outer, long, short = rng.uniform(0.8, 0.96), rng.uniform(0.08, 0.3), rng.uniform(0.03, 0.12)
        for k in range(n):
            a = whole * 2 * np.pi * k / n + (0 if whole == 1 else 2.36)
            d = np.array([np.cos(a), np.sin(a)])
            p, q = centre + d * radius * outer, centre + d * radius * (outer - (long if k % every == 0 else short))
            thick = max(1, int(radius * (0.03 if k % every == 0 else 0.012)))
            cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in q), ink, thick, cv2.LINE_AA)
            if k % every == 0 and rng.random() < 0.7 and radius > 60:
                t = centre + d * radius * (outer - long - 0.1)
                cv2.putText(image, str(k), (int(t[0]) - 6, int(t[1]) + 6), cv2.FONT_HERSHEY_SIMPLEX, radius / 320, ink, 1, cv2.LINE_AA)
        for _ in range(int(rng.integers(0, 4))):
            a, length = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.3, 0.9)
            tip = centre + length * np.array([np.cos(a), np.sin(a)])
            cv2.line(image, middle, tuple(int(v) for v in tip), ink, max(1, int(radius * rng.uniform(0.01, 0.05))), cv2.LINE_AA)
        cv2.circle(image, middle, max(1, int(radius * rng.uniform(0.02, 0.12))), ink, -1, cv2.LINE_AA)
    return image


def spokes(rng):
    """Wheels, turbines, umbrellas, firework and sound rings: spokes all alike or smoothly longer and shorter."""
    ground = any_grey(rng)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    for centre, radius in _centres(rng):
        ink = any_grey(rng, ground)
        if rng.random() < 0.3:
            cv2.circle(image, tuple(int(v) for v in centre), int(radius), any_grey(rng, ink), -1, cv2.LINE_AA)
        n = int(rng.integers(5, 110))
        inner = rng.choice([0.0, 0.0, rng.uniform(0.05, 0.6)])
        swing, waves, phase = rng.choice([0.0, rng.uniform(0.1, 0.5)]), rng.integers(1, 9), rng.uniform(0, 6)
        thick = max(1, int(2 * np.pi * radius / n * rng.uniform(0.08, 0.5)))
        curl = rng.choice([0.0, rng.uniform(-1.2, 1.2)])
        for k in range(n):
            a = 2 * np.pi * k / n
            length = 1 - swing * (0.5 + 0.5 * np.sin(a * waves + phase))
            t = np.linspace(max(inner, 0.02), max(length, inner + 0.05), 8)
            turned = a + curl * t
            points = centre + radius * t[:, None] * np.stack([np.cos(turned), np.sin(turned)], 1)
            cv2.polylines(image, [np.int32(points * 16)], False, ink, thick, cv2.LINE_AA, 4)
        for _ in range(int(rng.integers(0, 3))):
            cv2.circle(image, tuple(int(v) for v in centre), int(radius * rng.uniform(0.05, 1.0)), ink, int(rng.choice([-1, 2, 5])), cv2.LINE_AA)
    return image


def _soft_ground(rng):
    """An out-of-focus ground: what stands behind a flower."""
    small = rng.uniform(0, 1, (int(rng.integers(2, 9)),) * 2).astype(np.float32)
    low, high = sorted(rng.uniform(0, 255, 2))
    return np.clip(low + (high - low) * cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.float32)


def _petal(image, base, tip, width, value, vein, rng):
    """One petal, darker towards its base, with a vein or two."""
    along = tip - base
    length = float(np.hypot(*along))
    across = np.array([-along[1], along[0]]) / max(length, 1e-3)
    t = np.linspace(0, 1, 9)[:, None]
    bulge = width * np.sin(np.pi * t ** rng.uniform(0.6, 1.2))
    outline = np.concatenate([base + along * t + across * bulge, (base + along * t - across * bulge)[::-1]])
    cv2.fillPoly(image, [np.int32(outline * 16)], float(value), cv2.LINE_AA, 4)
    if vein:
        cv2.polylines(image, [np.int32(outline * 16)], True, float(value - vein), 1, cv2.LINE_AA, 4)
        cv2.line(image, tuple(int(v) for v in base), tuple(int(v) for v in base + along * 0.8), float(value - vein), 1, cv2.LINE_AA)


def flowers(rng):
    """Daisies, sunflowers, asters, dahlias, hydrangeas: rings of petals around a seeded disc, from one to a bed of them."""
    image = _soft_ground(rng)
    count = int(rng.choice([1, 1, 3, 9, 40]))
    whole = SIDE * rng.uniform(0.25, 0.55) / np.sqrt(count)
    seedy, petals, layers = rng.uniform(0.05, 0.55), int(rng.integers(4, 44)), int(rng.integers(1, 8))
    value, vein = rng.uniform(40, 250), rng.uniform(0, 70)
    for _ in range(count):
        centre = np.array([SIDE / 2, SIDE / 2]) + (rng.uniform(-0.15, 0.15, 2) if count == 1 else rng.uniform(-0.5, 0.5, 2)) * SIDE
        radius = whole * rng.uniform(0.7, 1.1)
        squash = np.array([1.0, rng.uniform(0.6, 1.0)])
        for layer in range(layers):
            outer = radius * (1 - layer / layers * (1 - seedy))
            shade = value + rng.uniform(-25, 25) - 18 * layer
            for k in range(petals):
                a = 2 * np.pi * (k + 0.5 * (layer % 2)) / petals + rng.normal(0, 0.06)
                d = np.array([np.cos(a), np.sin(a)])
                tip = centre + outer * rng.uniform(0.85, 1.05) * d * squash
                width = max(0.7, np.pi * outer / petals * rng.uniform(0.3, 0.8))
                _petal(image, centre + d * seedy * radius * 0.5 * squash, tip, width, np.clip(shade + rng.normal(0, 14), 0, 255), vein, rng)
        seeds = int(np.clip((seedy * radius) ** 2 / rng.uniform(4, 30), 4, 900))
        dark = rng.uniform(0, 200)
        axes = (max(1, int(seedy * radius)), max(1, int(seedy * radius * squash[1])))
        cv2.ellipse(image, tuple(int(v) for v in centre), axes, 0, 0, 360, dark, -1, cv2.LINE_AA)
        k = np.arange(seeds)
        r, t = np.sqrt(k / seeds) * seedy * radius, k * 2.39996
        dot = max(1, int(seedy * radius / np.sqrt(seeds) * rng.uniform(0.3, 0.9)))
        for x, y in zip(centre[0] + r * np.cos(t), centre[1] + r * np.sin(t) * squash[1]):
            cv2.circle(image, (int(x), int(y)), dot, float(np.clip(dark + rng.uniform(20, 120), 0, 255)), -1, cv2.LINE_AA)
    return np.clip(image + rng.normal(0, rng.uniform(0, 8), image.shape), 0, 255).astype(np.uint8)


def seed_head(rng):
    """Dandelion clocks, thistles, alliums, fireworks: hairs in all directions, with a tuft or a floret at each end."""
    image = _soft_ground(rng)
    light = image.mean() < 128 or rng.random() < 0.3
    for centre, radius in _centres(rng):
        n = int(rng.integers(40, 320))
        a = rng.uniform(0, 2 * np.pi, n)
        depth = np.sqrt(rng.uniform(0.05, 1, n))  # a ball seen from the front
        for angle, length in zip(a, depth):
            value = float(np.clip((235 if light else 30) + rng.normal(0, 25), 0, 255))
            tip = centre + radius * length * np.array([np.cos(angle), np.sin(angle)])
            if rng.random() < 0.7:
                cv2.line(image, tuple(int(v) for v in centre), tuple(int(v) for v in tip), value, 1, cv2.LINE_AA)
            arms, reach = int(rng.integers(4, 12)), radius * rng.uniform(0.04, 0.16)
            for b in np.arange(arms) * 2 * np.pi / arms + rng.uniform(0, 1):
                end = tip + reach * np.array([np.cos(b), np.sin(b)])
                cv2.line(image, tuple(int(v) for v in tip), tuple(int(v) for v in end), value, 1, cv2.LINE_AA)
        cv2.circle(image, tuple(int(v) for v in centre), max(1, int(radius * rng.uniform(0.02, 0.15))), float(any_grey(rng)), -1, cv2.LINE_AA)
    return np.clip(image, 0, 255).astype(np.uint8)


def leaves(rng):
    """Leaves over leaves in hard and soft light, with veins: hedges, lawns, salads, tree crowns. Often darker below."""
    image = _soft_ground(rng)
    size = SIDE * np.exp(rng.uniform(np.log(0.015), np.log(0.25)))
    slim, value, spread, vein = rng.uniform(0.08, 0.5), rng.uniform(30, 190), rng.uniform(10, 60), rng.uniform(0, 60)
    count = int(np.clip(rng.uniform(2.0, 4.5) * (SIDE / size) ** 2, 30, 3500))
    values = np.full(count, value)
    if rng.random() < 0.6:
        values = rng.uniform(0, 60) + np.linspace(0, 1, count) * rng.uniform(0, 1, count) * rng.uniform(80, 220)
        image[:] = values[0]
        spread *= 0.3
    for value in values:
        base = rng.uniform(-0.05, 1.05, 2) * SIDE
        a, length = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.5, 1.4)
        tip = base + length * np.array([np.cos(a), np.sin(a)])
        _petal(image, base, tip, length * slim, np.clip(value + rng.normal(0, spread), 0, 255), vein, rng)
    return np.clip(image, 0, 255).astype(np.uint8)


SUNS = (sunburst, sunburst, badge, dial, spokes, flowers, flowers, seed_head, leaves)
