"""Round codes drawn from their geometry: mini-program "sun" codes, reward codes, Channels codes of bent arms of dots and
Douyin-like codes of broken rings."""

import cv2
import numpy as np

from .symbol import CHANNELS, MINI, ROUND, Symbol

SIDE = 300
_SUB = 2  # drawn larger and reduced, so that thin dashes have soft edges


def _capsule(image, p, q, width, value=255):
    cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in q), value, max(1, int(round(width))), cv2.LINE_AA)


def _disc(image, centre, radius, value):
    cv2.circle(image, (int(centre[0]), int(centre[1])), max(1, int(round(radius))), value, -1, cv2.LINE_AA)


def _eye(image, centre, radius, rng):
    """Ring and ball; across the middle the widths are 0.8 : 1.2 : b : 1.2 : 0.8, with a ball b of 1 to 3."""
    half = 2.0 + rng.choice([1.0, 3.0, rng.uniform(0.8, 3.2)]) / 2
    jitter = rng.uniform(0.9, 1.1, 2)
    _disc(image, centre, radius, 255)
    _disc(image, centre, radius * (half - 0.8) / half * jitter[0], 0)
    _disc(image, centre, radius * (half - 2.0) / half * jitter[1], 255)


def _centre_picture(size, radius, rng, picture, square_chance=0.12):
    """Grey values and mask of the avatar or logo in the middle."""
    alpha = np.zeros((size, size), np.uint8)
    c = size / 2
    if rng.random() < square_chance:
        h = radius * 0.85
        cv2.rectangle(alpha, (int(c - h), int(c - h)), (int(c + h), int(c + h)), 255, -1)
    else:
        _disc(alpha, (c, c), radius, 255)
    over = np.full((size, size), 255, np.uint8)
    n = int(2 * radius) + 1
    a = int(c - radius)
    over[a:a + n, a:a + n] = cv2.resize(picture, (n, n), interpolation=cv2.INTER_AREA)
    return over, alpha


def draw_mini_program(rng, picture):
    """A mini-program code: 36, 54 or 72 rays of short dashes, three eyes, a small logo disc at the fourth place."""
    size = SIDE * _SUB
    c, outer = size / 2, size / 2 - 2
    ink = np.zeros((size, size), np.uint8)
    rays = int(rng.choice([36, 54, 72]))
    inner = outer * rng.uniform(0.46, 0.56)
    eye_distance = outer * rng.choice([0.885, rng.uniform(0.78, 0.9)])
    eye_radius = outer * rng.uniform(0.08, 0.115)
    logo_radius = outer * rng.uniform(0.16, 0.22)
    angles = np.deg2rad([225, 315, 135, 45])  # upper left, upper right, lower left; lower right is the logo
    spots = [(c + eye_distance * np.cos(a), c + eye_distance * np.sin(a)) for a in angles]
    radii = [eye_radius * 1.35] * 3 + [logo_radius * 1.12]
    width = 2 * np.pi * inner / rays * rng.uniform(0.42, 0.62)
    width = max(width, outer * rng.uniform(0.022, 0.042))
    steps = int(rng.integers(6, 10) if rays == 36 else rng.integers(7, 13))
    edges = np.linspace(inner + width / 2, outer - width / 2, steps + 1)
    turn = rng.choice([0.0, 0.5]) * 2 * np.pi / rays
    density = rng.uniform(0.4, 0.62)
    for ray in range(rays):
        a = turn + ray * 2 * np.pi / rays
        direction = np.array([np.cos(a), np.sin(a)])
        on = rng.random(steps + 1) < density
        start = None
        for i in range(steps + 2):
            inside = i <= steps and on[i]
            if inside:
                point = c + direction * edges[i]
                inside = all(np.hypot(*(point - s)) > r + width * 0.6 for s, r in zip(map(np.array, spots), radii))
            if inside and start is None:
                start = edges[i]
            if not inside and start is not None:
                _capsule(ink, c + direction * start, c + direction * edges[i - 1], width)
                start = None
    for spot in spots[:3]:
        _disc(ink, spot, eye_radius * 1.3, 0)
        _eye(ink, spot, eye_radius, rng)
    over, alpha = _centre_picture(size, inner * rng.uniform(0.72, 0.95), rng, picture())
    badge = rng.random()
    if badge < 0.9:
        _disc(ink, spots[3], logo_radius * 1.1, 0)
        _disc(over, spots[3], logo_radius, int(rng.choice([130, 110, 60, 150, int(rng.integers(256))])))
        _disc(alpha, spots[3], logo_radius, 255)
        if rng.random() < 0.8:  # the white sign on the badge, roughly an S of two arcs
            r, thick = logo_radius * 0.3, max(1, int(logo_radius * 0.16))
            x, y = spots[3]
            cv2.ellipse(over, (int(x + r * 0.6), int(y - r)), (int(r), int(r)), 0, 90, 400, 255, thick, cv2.LINE_AA)
            cv2.ellipse(over, (int(x - r * 0.6), int(y + r)), (int(r), int(r)), 0, -90, 220, 255, thick, cv2.LINE_AA)
    half = SIDE
    reduce = lambda image: cv2.resize(image, (half, half), interpolation=cv2.INTER_AREA)
    eyes = [(x / _SUB, y / _SUB, eye_radius / _SUB) for x, y in spots[:3]]
    return Symbol(MINI, f"rays-{rays}", reduce(ink), width / _SUB, reduce(over), reduce(alpha), eyes, True)


def draw_ring_code(rng, picture):
    """A Douyin-like code: concentric broken arcs and dots, three eyes, a logo or avatar in the middle."""
    size = SIDE * _SUB
    c, outer = size / 2, size / 2 - 2
    ink = np.zeros((size, size), np.uint8)
    rings = int(rng.integers(4, 10))
    inner = outer * rng.uniform(0.35, 0.6)
    pitch = (outer - inner) / rings
    width = pitch * rng.uniform(0.42, 0.8)
    slots_outer = int(2 * np.pi * outer / pitch * rng.uniform(0.7, 1.0))
    constant = rng.random() < 0.4  # dashes at the same angles on every ring, or of the same length
    density = rng.uniform(0.4, 0.7)
    offset = rng.uniform(0.0, 2 * np.pi)
    eyes = []
    eye_radius = outer * rng.uniform(0.1, 0.19)
    eye_distance = (outer - eye_radius) * rng.uniform(0.85, 1.0)
    base = np.deg2rad(rng.choice([225, 270, 210]) + rng.normal(0, 2))
    step = np.deg2rad(rng.choice([90, 120, 90]))
    places = [base, base + step, base - step]
    if rng.random() < 0.85:
        eyes = [(c + eye_distance * np.cos(a), c + eye_distance * np.sin(a)) for a in places]
    for ring in range(rings):
        radius = outer - width / 2 - ring * pitch
        slots = slots_outer if constant else max(8, int(2 * np.pi * radius / pitch))
        on = rng.random(slots) < density
        if rng.random() < 0.08:
            on[:] = True
        span = 360 / slots
        i = 0
        while i < slots:
            if not on[i]:
                i += 1
                continue
            j = i
            while j + 1 < slots and on[j + 1] and j - i < 12:
                j += 1
            a0, a1 = np.rad2deg(offset) + i * span, np.rad2deg(offset) + j * span
            if j == i:
                a = np.deg2rad(a0)
                _disc(ink, (c + radius * np.cos(a), c + radius * np.sin(a)), width / 2, 255)
            else:
                cv2.ellipse(ink, (int(c), int(c)), (int(radius), int(radius)), 0, a0, a1, 255, max(1, int(width)), cv2.LINE_AA)
                for a in np.deg2rad([a0, a1]):
                    _disc(ink, (c + radius * np.cos(a), c + radius * np.sin(a)), width / 2, 255)
            i = j + 1
    for x, y in eyes:
        _disc(ink, (x, y), eye_radius * 1.25, 0)
        _eye(ink, (x, y), eye_radius, rng)
    over, alpha = _centre_picture(size, (inner - width / 2) * rng.uniform(0.7, 0.97), rng, picture(), 0.03)
    half = SIDE
    reduce = lambda image: cv2.resize(image, (half, half), interpolation=cv2.INTER_AREA)
    eyes = [(x / _SUB, y / _SUB, eye_radius / _SUB) for x, y in eyes]
    return Symbol(ROUND, f"rings-{rings}", reduce(ink), width / _SUB, reduce(over), reduce(alpha), eyes, True)


def _heart(rng, size):
    """The middle of a reward code: a coin or a heart on a disc of one tone."""
    ground = int(rng.integers(256))
    image = np.full((size, size), ground, np.uint8)
    sign = (ground + int(rng.integers(90, 166))) % 256
    c, r = size / 2, size * rng.uniform(0.14, 0.24)
    if rng.random() < 0.4:
        _disc(image, (c, c), r * 1.4, sign)
        _disc(image, (c, c), r * rng.uniform(0.5, 1.1), ground)
        return image
    for side in (-1, 1):
        _disc(image, (c + side * r * 0.62, c - r * 0.3), r * 0.75, sign)
    cv2.fillPoly(image, [np.int32([[c - r * 1.28, c - r * 0.02], [c + r * 1.28, c - r * 0.02], [c, c + r * 1.4]])], sign, cv2.LINE_AA)
    return image


def draw_reward(rng, picture):
    """A reward code (zanshang): the rays of a mini-program code around a heart, a coin or a portrait."""
    return draw_mini_program(rng, picture if rng.random() < 0.4 else lambda: _heart(rng, 96))


def _arm(rng):
    """How an arm of a Channels code bends: its turn (radians) at a share t of its way from the inside to the rim."""
    most = rng.choice([-1, 1]) * rng.uniform(0.12, 1.1)
    power, sway = rng.uniform(0.7, 2.2), rng.choice([0.0, rng.uniform(-0.15, 0.15)])
    return lambda t: most * t**power + sway * np.sin(np.pi * t)


def draw_channels(rng, picture):
    """A Channels code: 36 to 56 bent arms of dots that grow outwards, three eyes, a disc at the fourth corner, a portrait."""
    size = SIDE * _SUB
    c, outer = size / 2, size / 2 - 2
    ink = np.zeros((size, size), np.uint8)
    arms = int(rng.integers(36, 57))
    inner = outer * rng.uniform(0.34, 0.58)
    steps = int(rng.integers(5, 13))
    bend, turn = _arm(rng), rng.uniform(0, 2 * np.pi)
    eye_radius = outer * rng.uniform(0.085, 0.15)
    # The corners of a square that may reach a little beyond the arms, which then are shorter.
    eye_distance = outer * rng.uniform(0.78, 0.92) if rng.random() < 0.6 else outer - eye_radius * 1.02
    reach = outer if rng.random() < 0.65 else outer * rng.uniform(0.86, 0.97)
    logo_radius = eye_radius * rng.uniform(0.95, 1.7)
    logo_distance = min(eye_distance, outer - logo_radius)
    angles = np.deg2rad([225, 315, 135, 45])
    spots = [c + d * np.array([np.cos(a), np.sin(a)]) for a, d in zip(angles, [eye_distance] * 3 + [logo_distance])]
    clear = [eye_radius * rng.uniform(1.15, 1.5)] * 3 + [logo_radius * rng.uniform(1.05, 1.3)]
    grow = rng.uniform(1.4, 3.6)  # the outermost dot against the innermost one
    last = min(np.pi * reach / arms * rng.uniform(0.55, 0.98), (reach - inner) / steps * rng.uniform(0.45, 0.75))
    least = last / grow
    curve = rng.uniform(0.7, 1.6)
    density, joined = rng.uniform(0.5, 0.95), rng.random() < 0.25
    radii = least + (last - least) * np.linspace(0, 1, steps) ** curve
    gaps = radii[:-1] + radii[1:]
    at = inner + np.concatenate([[0], np.cumsum(gaps)]) / gaps.sum() * (reach - last - inner)
    share = (at - inner) / (reach - inner)
    for arm in range(arms):
        on = rng.random(steps) < density
        before = None
        for i in range(steps):
            a = turn + arm * 2 * np.pi / arms + bend(share[i])
            point = c + at[i] * np.array([np.cos(a), np.sin(a)])
            if not on[i] or any(np.hypot(*(point - s)) < r + radii[i] * 0.8 for s, r in zip(spots, clear)):
                before = None
                continue
            cv2.circle(ink, tuple(int(v * 16) for v in point), max(16, int(radii[i] * 16)), 255, -1, cv2.LINE_AA, 4)
            if joined and before is not None and rng.random() < 0.8:
                _capsule(ink, before, point, 1.7 * radii[i - 1])
            before = point
    for spot in spots[:3]:
        _disc(ink, spot, eye_radius * 1.08, 0)
        _eye(ink, spot, eye_radius, rng)
    over, alpha = _centre_picture(size, (inner - least) * rng.uniform(0.68, 0.97), rng, picture(), 0.06)
    if rng.random() < 0.92:
        _disc(over, spots[3], logo_radius, int(rng.choice([150, 160, 60, 130, int(rng.integers(256))])))
        _disc(alpha, spots[3], logo_radius, 255)
        if rng.random() < 0.8:  # the two wings on the disc
            x, y = spots[3]
            r, thick = logo_radius * 0.36, max(1, int(logo_radius * rng.uniform(0.12, 0.22)))
            for side in (-1, 1):
                cv2.ellipse(over, (int(x + side * r * 0.75), int(y)), (int(r * 0.8), int(r * 1.2)), side * 20, 0, 360, 255, thick, cv2.LINE_AA)
    reduce = lambda image: cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    eyes = [(x / _SUB, y / _SUB, eye_radius / _SUB) for x, y in spots[:3]]
    return Symbol(CHANNELS, f"arms-{arms}", reduce(ink), last / _SUB, reduce(over), reduce(alpha), eyes, True)
