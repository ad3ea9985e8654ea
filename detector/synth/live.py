"""Negatives from live rooms: seat maps, loading dots, sound rings and knitted patterns.

They are grids and rings of small blobs of few sizes, as the modules and dots of codes are, but without a code's eyes.
"""

import cv2
import numpy as np

from .suns import SIDE, any_grey


def _blob(image, at, radius, value, shape):
    """A seat, a dot: round, square, with round corners, or a bar."""
    x, y = at
    if shape == "disc":
        cv2.circle(image, (int(x * 16), int(y * 16)), max(8, int(radius * 16)), value, -1, cv2.LINE_AA, 4)
        return
    w, h = (radius, radius) if shape == "square" else (radius * 0.9, radius * 0.75)
    cv2.rectangle(image, (int(x - w), int(y - h)), (int(x + w), int(y + h)), value, -1)
    if shape == "chair":  # a back with round corners above the seat
        cv2.ellipse(image, (int(x), int(y - h)), (max(1, int(w)), max(1, int(h * 0.6))), 0, 180, 360, value, -1, cv2.LINE_AA)
        cv2.line(image, (int(x - w), int(y + h)), (int(x + w), int(y + h)), value, max(1, int(radius * 0.4)), cv2.LINE_AA)


def seat_map(rng):
    """Rows of seats, straight or bent around a stage, of which some are taken; a screen above, aisles, a legend below."""
    ground = any_grey(rng)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    tones = [any_grey(rng, ground, 30) for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.25:
        tones.append(ground)
    chance = rng.dirichlet(np.full(len(tones), 1.2))
    rows, across = int(rng.integers(5, 24)), int(rng.integers(8, 34))
    shape = str(rng.choice(["disc", "square", "chair", "round"]))
    bend = rng.choice([0.0, 0.0, rng.uniform(0.05, 0.5)]) * rng.choice([-1, 1])
    aisles = set(rng.integers(1, across, int(rng.integers(0, 4))).tolist())
    left, right, top, bottom = 0.05 * SIDE, 0.95 * SIDE, rng.uniform(0.05, 0.25) * SIDE, rng.uniform(0.7, 0.97) * SIDE
    pitch_x = (right - left) / (across + len(aisles))
    pitch_y = min((bottom - top) / rows, pitch_x * rng.uniform(0.9, 1.7))
    radius = min(pitch_x, pitch_y) * rng.uniform(0.26, 0.48)
    block = rng.random() < 0.4  # taken seats stand in groups
    taken = rng.random((rows, across))
    if block:
        taken = cv2.resize(rng.random((max(1, rows // 3), max(1, across // 3))), (across, rows), interpolation=cv2.INTER_NEAREST)
    edges = np.cumsum(chance)
    for row in range(rows):
        x = left + pitch_x / 2
        short = int(rng.choice([0, 0, 0, rng.integers(0, max(1, across // 4))]))
        for seat in range(across):
            if seat in aisles:
                x += pitch_x
            if short <= seat < across - short:
                u = (x - SIDE / 2) / (SIDE / 2)
                tone = tones[min(int(np.searchsorted(edges, taken[row, seat])), len(tones) - 1)]
                _blob(image, (x, top + (row + 0.5) * pitch_y + bend * u * u * SIDE * 0.3), radius, tone, shape)
            x += pitch_x
    if rng.random() < 0.6:
        ink = any_grey(rng, ground)
        cv2.ellipse(image, (SIDE // 2, int(top * 0.6)), (int(SIDE * 0.35), max(2, int(top * 0.3))), 0, 180, 360, ink, int(rng.choice([-1, 3])), cv2.LINE_AA)
    if rng.random() < 0.3:
        image = 255 - image
    return image


def loading_dots(rng):
    """Spinners and waiting signs: rings of dots whose sizes or tones go round, bars, arcs; from one to a wall of them."""
    ground = any_grey(rng)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    across = int(rng.choice([1, 1, 2, 3]))
    cell = SIDE / across
    for k in range(across * across):
        centre = np.array([(k % across + 0.5) * cell, (k // across + 0.5) * cell])
        radius, ink = cell * rng.uniform(0.25, 0.46), any_grey(rng, ground, 70)
        count, rings = int(rng.integers(5, 40)), int(rng.choice([1, 1, 2, 3, 5, 8]))
        fade, grow = rng.choice([0.0, rng.uniform(0.4, 1.0)]), rng.choice([0.0, rng.uniform(0.3, 0.9)])
        swirl, bar = rng.choice([0.0, rng.uniform(-0.8, 0.8)]), rng.random() < 0.25
        for ring in range(rings):
            r = radius * (1 - 0.75 * ring / rings)
            n = count if rng.random() < 0.5 else max(4, int(count * r / radius))
            size = min(np.pi * r / n, radius * 0.75 / rings / 2 if rings > 1 else radius * 0.3) * rng.uniform(0.4, 0.95)
            for i in range(n):
                a = 2 * np.pi * i / n + swirl * ring / rings
                tail = i / n
                value = int(ink + (ground - ink) * fade * tail)
                d = np.array([np.cos(a), np.sin(a)])
                if bar:
                    p, q = centre + d * r, centre + d * max(2.0, r - radius * 0.5 / rings)
                    cv2.line(image, tuple(int(v) for v in p), tuple(int(v) for v in q), value, max(1, int(size)), cv2.LINE_AA)
                else:
                    _blob(image, centre + d * r, size * (1 - grow * tail), value, "disc")
        if rng.random() < 0.4:
            cv2.circle(image, tuple(int(v) for v in centre), max(1, int(radius * rng.uniform(0.05, 0.25))), any_grey(rng), -1, cv2.LINE_AA)
    return image


def voice_ring(rng):
    """A round portrait in rings of sound: bars or dots of many lengths around it, or waves that fade outwards."""
    ground = any_grey(rng)
    image = np.full((SIDE, SIDE), ground, np.uint8)
    across = int(rng.choice([1, 1, 2, 3]))
    cell = SIDE / across
    for k in range(across * across):
        centre = np.array([(k % across + 0.5) * cell, (k // across + 0.5) * cell])
        middle = tuple(int(v) for v in centre)
        outer, ink = cell * rng.uniform(0.34, 0.48), any_grey(rng, ground, 60)
        inner = outer * rng.uniform(0.4, 0.75)
        n = int(rng.integers(16, 120))
        wave = np.abs(np.sin(np.arange(n) * rng.uniform(0.1, 2.0) + rng.uniform(0, 6))) if rng.random() < 0.5 else rng.random(n)
        dotted = rng.random() < 0.35
        thick = max(1, int(2 * np.pi * inner / n * rng.uniform(0.3, 0.7)))
        for i in range(n):
            a = 2 * np.pi * i / n
            d, end = np.array([np.cos(a), np.sin(a)]), inner * 1.04 + (outer - inner) * wave[i]
            if dotted:
                for r in np.arange(inner * 1.04, end, thick * 1.8):
                    _blob(image, centre + d * r, thick * 0.6, ink, "disc")
            else:
                cv2.line(image, tuple(int(v) for v in centre + d * inner * 1.04), tuple(int(v) for v in centre + d * end), ink, thick, cv2.LINE_AA)
        for _ in range(int(rng.integers(0, 4))):
            cv2.circle(image, middle, int(rng.uniform(inner, outer * 1.05)), any_grey(rng), int(rng.integers(1, 4)), cv2.LINE_AA)
        face = any_grey(rng, ink, 30)
        cv2.circle(image, middle, int(inner * rng.uniform(0.8, 0.98)), face, -1, cv2.LINE_AA)
        tone = any_grey(rng, face)
        cv2.circle(image, (middle[0], int(middle[1] - inner * 0.2)), int(inner * 0.3), tone, -1, cv2.LINE_AA)
        cv2.ellipse(image, (middle[0], int(middle[1] + inner * 0.75)), (int(inner * 0.5), int(inner * 0.45)), 0, 180, 360, tone, -1, cv2.LINE_AA)
    return image


def _motif(rng):
    """A small figure of stitches that is its own mirror image: a star, a lozenge, a cross, a tree."""
    half, height = int(rng.integers(3, 9)), int(rng.integers(5, 16))
    part = rng.random((height, half)) < rng.uniform(0.3, 0.65)
    if rng.random() < 0.6:
        y, x = np.mgrid[0:height, 0:half]
        part = ((np.abs(y - height // 2) + x * rng.uniform(0.6, 1.4)).astype(int) // int(rng.integers(1, 4))) % 2 == 0
    whole = np.concatenate([part[:, ::-1], part[:, 1:]], 1)
    return np.concatenate([whole, whole[-2::-1]]) if rng.random() < 0.6 else whole


def knitting(rng):
    """Fair-isle knitting and cross-stitch: bands of repeated motifs, each stitch a V, a cross or a square."""
    columns = int(rng.integers(28, 110))
    pitch = SIDE / columns
    rows = int(SIDE / (pitch * 0.85)) + 2
    pattern = np.zeros((rows, columns + 40), np.uint8)
    row = 0
    while row < rows:
        motif = _motif(rng)
        gap = int(rng.integers(0, 4))
        band = np.tile(np.pad(motif, ((0, 0), (0, gap))), (1, 1 + (columns + 40) // (motif.shape[1] + gap)))[:, :columns + 40]
        shade = int(rng.integers(1, 4))
        end = min(rows, row + len(band))
        pattern[row:end] = band[:end - row] * shade
        row = end
        for _ in range(int(rng.integers(0, 4))):
            if row < rows:
                pattern[row] = (np.arange(columns + 40) % int(rng.integers(1, 5)) == 0) * shade
                row += 1
    tones = [any_grey(rng)]
    tones += [any_grey(rng, tones[0], 60) for _ in range(3)]
    image = np.full((SIDE, SIDE), tones[0], np.uint8)
    stitch = str(rng.choice(["v", "v", "cross", "square"]))
    thick = max(1, int(pitch * rng.uniform(0.25, 0.45)))
    for y in range(rows):
        for x in range(columns):
            value = int(np.clip(tones[pattern[y, x]] + rng.normal(0, 7), 0, 255))
            cx, cy, h = (x + 0.5) * pitch, y * pitch * 0.85, pitch * 0.46
            if stitch == "square":
                cv2.rectangle(image, (int(cx - h), int(cy - h)), (int(cx + h), int(cy + h)), value, -1)
            elif stitch == "cross":
                cv2.line(image, (int(cx - h), int(cy - h)), (int(cx + h), int(cy + h)), value, thick, cv2.LINE_AA)
                cv2.line(image, (int(cx + h), int(cy - h)), (int(cx - h), int(cy + h)), value, thick, cv2.LINE_AA)
            else:
                for side in (-1, 1):
                    cv2.line(image, (int(cx + side * h), int(cy - h)), (int(cx), int(cy + h)), value, thick, cv2.LINE_AA)
    return image


LIVE = (seat_map, seat_map, loading_dots, voice_ring, knitting, knitting)
