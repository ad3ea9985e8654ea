"""Geometric negatives: whatever repeats, radiates or is square without being a code."""

import cv2
import numpy as np

SIDE = 512


def _levels(rng):
    """Two grey values with a visible difference."""
    a = rng.uniform(0, 255)
    b = a + rng.choice([-1, 1]) * rng.uniform(50, 255)
    if not 0 <= b <= 255:
        b = float(np.clip(b, 0, 255)) if abs(np.clip(b, 0, 255) - a) > 40 else 255 - a
    return a, b


def _two(mask, rng):
    a, b = _levels(rng)
    return (a + (b - a) * mask.astype(np.float32)).astype(np.uint8)


def _coords():
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    return x, y


def _polar(rng):
    x, y = _coords()
    cx, cy = rng.uniform(0.3, 0.7, 2) * SIDE
    return np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)


def checkerboard(rng):
    x, y = _coords()
    p, q = rng.uniform(5, 60), 1.0
    if rng.random() < 0.2:
        q = rng.uniform(0.4, 2)
    return _two((x // p + y // (p * q)) % 2, rng)


def calibration_board(rng):
    """A few squares of a checkerboard on a light ground, as used to calibrate cameras."""
    image = np.full((SIDE, SIDE), int(rng.integers(150, 256)), np.uint8)
    n, m = rng.integers(3, 12, 2)
    s = int(rng.uniform(0.4, 0.9) * SIDE / max(n, m))
    left, top = (SIDE - n * s) // 2, (SIDE - m * s) // 2
    dark = int(rng.integers(0, 80))
    gap = int(s * rng.choice([0, 0, 0, 0.1, 0.3]))
    for i in range(n):
        for j in range(m):
            if (i + j) % 2 == 0 or (gap and rng.random() < 0.9):
                cv2.rectangle(image, (left + i * s + gap, top + j * s + gap), (left + (i + 1) * s - 1, top + (j + 1) * s - 1), dark, -1)
    return image


def dot_grid(rng):
    x, y = _coords()
    p = rng.uniform(6, 50)
    shift = 0.5 * p if rng.random() < 0.5 else 0.0
    row = np.floor(y / p)
    u = np.mod(x + shift * np.mod(row, 2), p) - p / 2
    v = np.mod(y, p) - p / 2
    r = p * rng.uniform(0.15, 0.5)
    distance = np.hypot(u, v)
    mask = distance < r
    if rng.random() < 0.25:
        mask &= distance > r * rng.uniform(0.3, 0.8)
    return _two(mask, rng)


def grid_lines(rng):
    x, y = _coords()
    p, q = rng.uniform(5, 70, 2)
    if rng.random() < 0.6:
        q = p
    t = rng.uniform(0.8, max(1.0, p * 0.35))
    return _two((np.mod(x, p) < t) | (np.mod(y, q) < t), rng)


def stripes(rng):
    x, y = _coords()
    a = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
    t = x * np.cos(a) + y * np.sin(a)
    if rng.random() < 0.3:
        t = t + rng.uniform(2, 20) * np.sin(y / rng.uniform(10, 80))
    p = rng.uniform(3, 50)
    return _two(np.mod(t, p) < p * rng.uniform(0.2, 0.8), rng)


def random_bars(rng):
    """Bars of many widths without a code's structure: blinds, fences, piano keys, book spines."""
    edges = np.cumsum(rng.integers(2, int(rng.integers(4, 50)), 400))
    values = rng.integers(0, 256, 401)
    row = values[np.searchsorted(edges, np.arange(SIDE))].astype(np.uint8)
    image = np.repeat(row[None], SIDE, 0)
    for _ in range(int(rng.integers(0, 6))):
        y = int(rng.integers(SIDE))
        image[y:y + int(rng.integers(2, 60))] = rng.integers(256)
    return image if rng.random() < 0.5 else np.ascontiguousarray(image.T)


def square_marker(rng):
    """Markers for augmented reality: a dark frame with a coarse random grid inside; sometimes many of them."""
    image = np.full((SIDE, SIDE), int(rng.integers(170, 256)), np.uint8)
    per = int(rng.integers(1, 7))
    cell = SIDE // per
    for i in range(per):
        for j in range(per):
            n = int(rng.integers(3, 8))
            bits = rng.random((n, n)) < rng.uniform(0.3, 0.7)
            frame = np.pad(bits, 1)
            if rng.random() < 0.2:
                frame = ~frame
            s = max(2, int(cell * rng.uniform(0.5, 0.9)) // (n + 2))
            block = np.kron(np.where(frame, 255, 0).astype(np.uint8), np.ones((s, s), np.uint8))
            h = min(block.shape[0], cell)
            image[j * cell:j * cell + h, i * cell:i * cell + h] = block[:h, :h]
    return image


def circle_targets(rng):
    """Rings and targets in rows."""
    image = np.full((SIDE, SIDE), int(rng.integers(120, 256)), np.uint8)
    p = int(rng.integers(30, 170))
    for y in range(p // 2, SIDE, p):
        for x in range(p // 2, SIDE, p):
            if rng.random() < 0.85:
                for k, r in enumerate(sorted(rng.uniform(0.05, 0.48, int(rng.integers(1, 5))), reverse=True)):
                    cv2.circle(image, (x, y), int(r * p), int(0 if k % 2 == 0 else 255), -1, cv2.LINE_AA)
    return image


def square_targets(rng):
    """Nested squares like single finder patterns, in twos, threes and rows, with nothing between them."""
    image = np.full((SIDE, SIDE), int(rng.integers(120, 256)), np.uint8)
    for _ in range(int(rng.integers(2, 25))):
        s = int(rng.integers(10, 90))
        x, y = rng.integers(0, SIDE - s, 2)
        dark, light = int(rng.integers(0, 100)), int(rng.integers(150, 256))
        for k, inset in enumerate((0, 1 / 7, 2 / 7)[: int(rng.integers(1, 4))]):
            cv2.rectangle(image, (int(x + inset * s), int(y + inset * s)), (int(x + s - inset * s), int(y + s - inset * s)), (dark, light)[k % 2], -1)
    return image


def siemens_star(rng):
    _, a = _polar(rng)
    n = int(rng.integers(4, 90))
    return _two(np.sin(a * n) > rng.uniform(-0.6, 0.6), rng)


def radial(rng):
    """Rays, petals, gears, dials, rotor plates: the look-alikes of round codes."""
    image = np.full((SIDE, SIDE), int(rng.integers(0, 256)), np.uint8)
    across = int(rng.choice([1, 2, 3]))
    cell = SIDE // across
    for i in range(across):
        for j in range(across):
            c = (int((i + 0.5) * cell), int((j + 0.5) * cell))
            radius = cell * rng.uniform(0.3, 0.49)
            a, b = (int(v) for v in _levels(rng))
            if rng.random() < 0.6:
                cv2.circle(image, c, int(radius), a, -1, cv2.LINE_AA)
            for _ in range(int(rng.integers(1, 4))):
                n = int(rng.choice([5, 6, 8, 12, 16, 24, 36, 48, 60, 72, 90]))
                r0, r1 = np.sort(rng.uniform(0.1, 1.0, 2)) * radius
                thick = max(1, int(2 * np.pi * r1 / n * rng.uniform(0.1, 0.6)))
                kind = rng.integers(4)
                for k in range(n):
                    t = 2 * np.pi * k / n
                    d = np.array([np.cos(t), np.sin(t)])
                    p, q = np.array(c) + d * r0, np.array(c) + d * r1
                    if kind == 0:
                        cv2.line(image, tuple(p.astype(int)), tuple(q.astype(int)), b, thick, cv2.LINE_AA)
                    elif kind == 1:
                        cv2.circle(image, tuple(q.astype(int)), max(1, thick // 2), b, -1, cv2.LINE_AA)
                    elif kind == 2:
                        axes = (max(1, int((r1 - r0) / 2)), max(1, thick // 2))
                        cv2.ellipse(image, tuple(((p + q) / 2).astype(int)), axes, np.rad2deg(t), 0, 360, b, -1, cv2.LINE_AA)
                    else:
                        cv2.line(image, tuple(p.astype(int)), tuple((np.array(c) + d * (r0 + (r1 - r0) * rng.random())).astype(int)), b, thick, cv2.LINE_AA)
            for _ in range(int(rng.integers(0, 4))):
                cv2.circle(image, c, int(radius * rng.random()), int(rng.integers(256)), int(rng.choice([-1, 1, 2, 6])), cv2.LINE_AA)
    return image


def rings(rng):
    """Concentric circles, vinyl, spirals, broken arcs without eyes."""
    r, a = _polar(rng)
    p = rng.uniform(4, 40)
    spiral = a / (2 * np.pi) * p * rng.integers(0, 2)
    mask = np.mod(r + spiral, p) < p * rng.uniform(0.2, 0.8)
    if rng.random() < 0.4:
        mask &= np.sin(a * int(rng.integers(1, 12)) + np.floor(r / p) * rng.uniform(0, 6)) > rng.uniform(-0.8, 0.3)
    mask &= r < rng.uniform(60, 500)
    return _two(mask, rng)


def mandala(rng):
    r, a = _polar(rng)
    value = np.zeros_like(r)
    for _ in range(int(rng.integers(2, 6))):
        n = int(rng.integers(3, 30))
        value += np.sin(r / rng.uniform(4, 40) + rng.uniform(0, 6)) * np.cos(a * n + rng.uniform(0, 6))
    if rng.random() < 0.6:
        return _two(value > 0, rng)
    return cv2.normalize(value, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def seed_spiral(rng):
    """Seeds in golden-angle order: sunflowers, dandelions, daisies."""
    a, b = (int(v) for v in _levels(rng))
    image = np.full((SIDE, SIDE), a, np.uint8)
    n = int(rng.integers(100, 1500))
    k = np.arange(n)
    radius = np.sqrt(k / n) * SIDE * rng.uniform(0.2, 0.5)
    angle = k * 2.39996
    size = SIDE * 0.4 / np.sqrt(n) * rng.uniform(0.3, 1.1)
    for r, t in zip(radius, angle):
        cv2.circle(image, (int(SIDE / 2 + r * np.cos(t)), int(SIDE / 2 + r * np.sin(t))), max(1, int(size * rng.uniform(0.7, 1.2))), b, -1, cv2.LINE_AA)
    return image


def random_blocks(rng):
    """Pixel noise: blocks at random have no finder patterns and fill no square; also pixel art and block games."""
    n = int(rng.integers(8, 130))
    if rng.random() < 0.5:  # blotchy
        field = cv2.GaussianBlur(rng.random((n, n)).astype(np.float32), (0, 0), rng.uniform(1.3, 3))
        bits = field > np.quantile(field, rng.uniform(0.3, 0.7))
        image = np.where(bits, 0, 255).astype(np.uint8)
    else:  # several grey values, as in pixel art or heat maps
        image = rng.choice(rng.integers(0, 256, int(rng.integers(5, 12))), (n, n)).astype(np.uint8)
        if rng.random() < 0.5:
            half = image[:, : n // 2]
            image[:, n - n // 2:] = half[:, ::-1]
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


def maze(rng):
    n = int(rng.integers(8, 40))
    grid = np.ones((2 * n + 1, 2 * n + 1), bool)
    stack, seen = [(0, 0)], {(0, 0)}
    grid[1, 1] = False
    while stack:
        y, x = stack[-1]
        options = [(dy, dx) for dy, dx in ((1, 0), (-1, 0), (0, 1), (0, -1)) if 0 <= y + dy < n and 0 <= x + dx < n and (y + dy, x + dx) not in seen]
        if not options:
            stack.pop()
            continue
        dy, dx = options[int(rng.integers(len(options)))]
        grid[2 * y + 1 + dy, 2 * x + 1 + dx] = False
        grid[2 * (y + dy) + 1, 2 * (x + dx) + 1] = False
        seen.add((y + dy, x + dx))
        stack.append((y + dy, x + dx))
    if rng.random() < 0.5:  # thin walls
        wide = np.where(np.arange(2 * n + 1) % 2 == 0, 1, int(rng.integers(2, 6)))
        grid = np.repeat(np.repeat(grid, wide, 0), wide, 1)
    image = np.where(grid, 0, 255).astype(np.uint8)
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


def weave(rng):
    """Tartan, houndstooth, knitwear, basket weave: a small tile repeated."""
    kind = rng.integers(3)
    if kind == 0:
        n = int(rng.integers(12, 60))
        line = rng.choice(rng.integers(0, 256, 3), n).astype(np.float32)
        line = np.repeat(line, int(rng.integers(1, 5)))[:n]
        tile = ((line[:, None] + line[None]) / 2).astype(np.uint8)
    elif kind == 1:
        hound = ["11110000", "01110001", "00110011", "00010111", "11111111", "11100000", "11000001", "10000011"]
        tile = np.array([[int(c) * 255 for c in row] for row in hound], np.uint8)
    else:
        n = int(rng.integers(3, 12))
        half = (rng.random((n, n)) < 0.5) * 255
        tile = np.block([[half, half[:, ::-1]], [half[::-1], half[::-1, ::-1]]]).astype(np.uint8)
    s = int(rng.integers(1, 9))
    tile = cv2.resize(tile, None, fx=s, fy=s, interpolation=cv2.INTER_NEAREST)
    reps = (SIDE // tile.shape[0] + 2, SIDE // tile.shape[1] + 2)
    return np.ascontiguousarray(np.tile(tile, reps)[:SIDE, :SIDE])


def bricks(rng):
    """Walls, tiles, windows of buildings, keyboards, cobbles."""
    base = int(rng.integers(40, 220))
    image = np.full((SIDE, SIDE), int(rng.integers(0, 256)), np.uint8)
    h, w = int(rng.integers(8, 60)), int(rng.integers(8, 110))
    gap = max(1, int(min(h, w) * rng.uniform(0.05, 0.4)))
    shift = w // 2 if rng.random() < 0.5 else 0
    spread = int(rng.integers(1, 60))
    for row, y in enumerate(range(-h, SIDE, h)):
        for x in range(-w, SIDE + w, w):
            left = x + shift * (row % 2)
            value = int(np.clip(base + rng.integers(-spread, spread + 1), 0, 255))
            cv2.rectangle(image, (left, y), (left + w - gap, y + h - gap), value, -1)
            if rng.random() < 0.2:
                cv2.rectangle(image, (left + gap, y + gap), (left + w // 2, y + h // 2), int(rng.integers(256)), -1)
    return image


def crossword(rng):
    """Crosswords, sudoku, bingo: cells with figures, some of them black."""
    n = int(rng.integers(6, 22))
    s = SIDE // n
    image = np.full((SIDE, SIDE), 255, np.uint8)
    black = rng.choice([0.0, 0.15, 0.35])
    for y in range(n):
        for x in range(n):
            if rng.random() < black:
                cv2.rectangle(image, (x * s, y * s), (x * s + s, y * s + s), 0, -1)
            elif rng.random() < 0.7:
                text = chr(int(rng.choice(list(range(48, 58)) + list(range(65, 91)))))
                cv2.putText(image, text, (x * s + s // 4, y * s + 3 * s // 4), cv2.FONT_HERSHEY_SIMPLEX, s / 40, 0, max(1, s // 20), cv2.LINE_AA)
    for k in range(n + 1):
        thick = 3 if k % 3 == 0 and rng.random() < 0.8 else 1
        cv2.line(image, (k * s, 0), (k * s, n * s), 0, thick)
        cv2.line(image, (0, k * s), (n * s, k * s), 0, thick)
    return image


def circuit(rng):
    """Circuit boards and metro maps: tracks with right angles, pads, packages with rows of legs."""
    ground = int(rng.integers(20, 120))
    image = np.full((SIDE, SIDE), ground, np.uint8)
    for _ in range(int(rng.integers(20, 120))):
        p = rng.integers(0, SIDE, 2)
        value, thick = int(rng.integers(100, 256)), int(rng.integers(1, 6))
        for _ in range(int(rng.integers(1, 6))):
            step = rng.choice([[1, 0], [0, 1], [1, 1], [1, -1]]) * int(rng.integers(-120, 121))
            cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in p + step), value, thick, cv2.LINE_AA)
            p = p + step
        cv2.circle(image, tuple(int(v) for v in p), thick + 2, value, -1, cv2.LINE_AA)
        cv2.circle(image, tuple(int(v) for v in p), max(1, thick // 2), ground, -1)
    for _ in range(int(rng.integers(2, 14))):
        x, y = rng.integers(0, SIDE, 2)
        w, h = rng.integers(14, 120, 2)
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), int(rng.integers(0, 60)), -1)
        p = int(rng.integers(4, 12))
        for k in range(int(x), int(x + w), p):
            for end in (y - 4, y + h):
                cv2.rectangle(image, (k, int(end)), (k + p // 2, int(end) + 4), 220, -1)
    return image


def clutter(rng):
    """Overlapping shapes of every size."""
    image = np.full((SIDE, SIDE), int(rng.integers(256)), np.uint8)
    for _ in range(int(rng.integers(10, 300))):
        value, thick = int(rng.integers(256)), int(rng.choice([-1, -1, 1, 3]))
        p = rng.integers(0, SIDE, 2)
        s = rng.integers(3, int(rng.integers(6, 120)), 2)
        kind = rng.integers(4)
        if kind == 0:
            cv2.rectangle(image, tuple(int(v) for v in p), tuple(int(v) for v in p + s), value, thick)
        elif kind == 1:
            cv2.ellipse(image, tuple(int(v) for v in p), tuple(int(v) for v in s), int(rng.integers(180)), 0, 360, value, thick, cv2.LINE_AA)
        elif kind == 2:
            cv2.fillPoly(image, [(p + rng.integers(-s.max(), s.max() + 1, (int(rng.integers(3, 7)), 2))).astype(np.int32)], value, cv2.LINE_AA)
        else:
            cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in p + s), value, max(1, abs(thick)), cv2.LINE_AA)
    return image


def noise_field(rng):
    """Foliage, gravel, fur, clouds: noise of several scales, soft or hard."""
    field = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        n = int(rng.choice([8, 16, 32, 64, 128, 256, 512]))
        stretch = int(rng.choice([1, 1, 1, 4]))
        layer = rng.normal(size=(n, max(4, n // stretch))).astype(np.float32)
        field += cv2.resize(layer, (SIDE, SIDE), interpolation=int(rng.choice([cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_NEAREST])))
    if rng.random() < 0.4:
        return _two(field > rng.uniform(-0.7, 0.7), rng)
    return np.clip(128 + field * rng.uniform(20, 80), 0, 255).astype(np.uint8)


def halftone(rng):
    """A soft picture screened into dots of varying size."""
    small = cv2.GaussianBlur(rng.random((16, 16)).astype(np.float32), (0, 0), 1.2)
    tone = cv2.normalize(cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), None, 0.05, 0.95, cv2.NORM_MINMAX)
    x, y = _coords()
    a, p = rng.uniform(0, np.pi / 2), rng.uniform(3, 14)
    u, v = (x * np.cos(a) + y * np.sin(a)) / p, (y * np.cos(a) - x * np.sin(a)) / p
    screen = (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)) / 4 + 0.5
    return _two(screen < tone, rng)


def patchwork(rng):
    """Rows of large plain squares: colour charts, swatches, product tiles, mosaics of tiles."""
    n, m = rng.integers(2, 14, 2)
    image = cv2.resize(rng.integers(0, 256, (m, n)).astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    if rng.random() < 0.6:
        t, value = int(rng.integers(1, 12)), int(rng.choice([0, 255, int(rng.integers(256))]))
        for k in range(n + 1):
            cv2.line(image, (int(k * SIDE / n), 0), (int(k * SIDE / n), SIDE), value, t)
        for k in range(m + 1):
            cv2.line(image, (0, int(k * SIDE / m)), (SIDE, int(k * SIDE / m)), value, t)
    return image


PATTERNS = (
    checkerboard, calibration_board, dot_grid, grid_lines, stripes, random_bars, square_marker, circle_targets,
    square_targets, siemens_star, radial, rings, mandala, seed_spiral, random_blocks, maze, weave, bricks, crossword,
    circuit, clutter, noise_field, halftone, patchwork,
)
