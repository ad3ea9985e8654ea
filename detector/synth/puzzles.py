"""Negatives of cells: crosswords, word grids, sudoku, picture puzzles, games on boards, keys and lamps."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import letters, screens

SIDE = 512


def _board(rng):
    """An image with a square board on it: (image, left, top, side, paper, ink). Seldom the other way round."""
    paper, ink = int(rng.integers(190, 256)), int(rng.integers(0, 90))
    if rng.random() < 0.15:
        paper, ink = ink, paper
    ground = paper if rng.random() < 0.6 else int(rng.integers(0, 256))
    side = int(SIDE * rng.uniform(0.6, 1.0))
    left, top = (int(rng.integers(0, SIDE - side + 1)) for _ in range(2))
    image = np.full((SIDE, SIDE), ground, np.uint8)
    cv2.rectangle(image, (left, top), (left + side - 1, top + side - 1), paper, -1)
    return image, left, top, side, paper, ink


def _rule(image, left, top, cell, columns, rows, ink, rng, thick_every=0):
    thin = max(1, int(cell * rng.uniform(0.02, 0.1)))
    for k in range(max(columns, rows) + 1):
        thick = thin * 3 if thick_every and k % thick_every == 0 else thin
        at = int(k * cell)
        if k <= columns:
            cv2.line(image, (left + at, top), (left + at, top + int(rows * cell)), ink, thick)
        if k <= rows:
            cv2.line(image, (left, top + at), (left + int(columns * cell), top + at), ink, thick)


def _letter(draw, rng, text, x, y, size, ink):
    draw.text((x, y), text, ink, font=screens.font(rng, max(5, size)))


def _blacks(rng, n):
    """Black cells of a crossword: symmetrical, scattered, or every other one with bars between."""
    kind = rng.integers(4)
    if kind == 0:
        black = rng.random((n, n)) < rng.uniform(0.08, 0.4)
    elif kind == 1:
        black = rng.random((n, n)) < rng.uniform(0.08, 0.3)
        black |= black[::-1, ::-1]
    elif kind == 2:  # a lattice
        black = np.zeros((n, n), bool)
        black[1::2, 1::2] = True
        black |= rng.random((n, n)) < rng.uniform(0, 0.15)
        black |= black[::-1, ::-1]
    else:  # words crossing in a dark field
        black = np.ones((n, n), bool)
        for _ in range(int(rng.integers(4, 3 * n))):
            y, x, length = int(rng.integers(n)), int(rng.integers(n)), int(rng.integers(2, n + 1))
            if rng.random() < 0.5:
                black[y, x:x + length] = False
            else:
                black[y:y + length, x] = False
    return black


def dense_crossword(rng):
    """A crossword with many black cells: the squares of a code, but of one size, with lines and letters between."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.integers(6, 20))
    cell = side / n
    black = _blacks(rng, n)
    numbers, letters = rng.random() < 0.7, rng.uniform(0, 1) if rng.random() < 0.6 else 0.0
    chinese = rng.random() < 0.4
    inset = int(cell * rng.choice([0, 0, 0.08, 0.15]))
    for y, x in np.argwhere(black):
        a = (left + int(x * cell) + inset, top + int(y * cell) + inset)
        cv2.rectangle(image, a, (left + int((x + 1) * cell) - inset, top + int((y + 1) * cell) - inset), ink, -1)
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    face, small = screens.font(rng, max(5, cell * 0.7), chinese), screens.font(rng, max(4, cell * 0.32), False)
    for y, x in np.argwhere(~black):
        at = (left + (x + 0.12) * cell, top + (y + 0.05) * cell)
        if rng.random() < letters:
            draw.text((at[0] + cell * 0.1, at[1]), screens.words(rng, 1, chinese), ink, font=face)
        if numbers and rng.random() < 0.3:
            draw.text(at, str(int(rng.integers(1, 90))), ink, font=small)
    image = np.asarray(picture).copy()
    if rng.random() < 0.85:
        _rule(image, left, top, cell, n, n, ink, rng)
    return image


def word_grid(rng):
    """Word searches, character practice sheets, sudoku: one letter or figure a cell."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.choice([9, 9, int(rng.integers(4, 24))]))
    cell = side / n
    chinese, share = rng.random() < 0.4, rng.choice([1.0, rng.uniform(0.2, 1.0)])
    figures = rng.random() < 0.4
    hand = letters.Hand(rng, int(cell), chinese)
    for i in range(n * n):
        if rng.random() < share:
            text = str(int(rng.integers(1, 10))) if figures else screens.words(rng, 1, chinese)
            x, y = left + int(i % n * cell), top + int(i // n * cell)
            _write(image[y:y + int(cell), x:x + int(cell)], hand.mask(text), ink)
    if rng.random() < 0.65:
        _rule(image, left, top, cell, n, n, ink, rng, int(rng.choice([0, 3])))
    if chinese and rng.random() < 0.4:  # the diagonals of a practice sheet
        for k in range(-n, n):
            cv2.line(image, (left, top + int(k * cell)), (left + side, top + int(k * cell) + side), 170, 1)
    return image


def _turned(card, ground, rng):
    """A card laid on a plain ground at any angle, or upright."""
    turn = 0.0 if rng.random() < 0.25 else rng.uniform(-180, 180)
    height, width = card.shape
    reach = np.hypot(height, width) if turn else max(height, width)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, SIDE * rng.uniform(0.55, 0.98) / reach)
    matrix[:, 2] += SIDE / 2 - np.array([width, height]) / 2
    return cv2.warpAffine(card, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderValue=ground)


def number_card(rng):
    """A sheet of cells cut out along its frame, not often square: bingo, calendars, loose puzzles, tables of figures."""
    columns, rows, cell = int(rng.integers(4, 20)), int(rng.integers(4, 20)), 40
    strong = rng.random() < 0.5
    paper, ink = (int(rng.integers(225, 256)), int(rng.integers(0, 60))) if strong else (int(rng.integers(170, 256)), int(rng.integers(0, 110)))
    line = ink if rng.random() < 0.7 else int(rng.integers(0, 256))
    rim, gap = int(cell * rng.choice([0, 0.1, 0.2, 0.25, rng.uniform(0, 0.8)])), int(rng.integers(1, 4))
    image = np.full((rows * cell + 2 * rim, columns * cell + 2 * rim), line, np.uint8)
    black, filled = rng.choice([0.0, 0.0, rng.uniform(0.05, 0.4)]), rng.uniform(0.35, 1.0) if rng.random() < 0.5 else rng.uniform(0.45, 0.75)
    chinese, figures = rng.random() < 0.25, rng.random() < 0.7
    hand = letters.Hand(rng, cell, chinese)
    shift = (0, 0) if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(-5, 6, 2))
    for y, x in np.ndindex(rows, columns):
        if rng.random() < black:
            continue
        left, top = rim + x * cell, rim + y * cell
        cv2.rectangle(image, (left + gap, top + gap), (left + cell - gap, top + cell - gap), paper, -1)
        if rng.random() < filled:
            text = str(int(rng.integers(0, 10 if rng.random() < 0.8 else 100))) if figures else screens.words(rng, 1, chinese)
            _write(image[top:top + cell, left:left + cell], np.roll(hand.mask(text), shift, (0, 1)), ink)
    return _turned(image, int(rng.integers(0, 256)), rng)


def _write(cell, mask, ink):
    """Lays ink into a cell."""
    cell[:] = cell + (ink - cell.astype(np.int32)) * mask.astype(np.int32) // 255


def _blotches(rng, n, soft, empty):
    """Which of n by n cells are filled: together in blotches. `soft`, `empty`: the ranges of their size and of the rest's share."""
    field = cv2.GaussianBlur(rng.random((n, n)).astype(np.float32), (0, 0), rng.uniform(*soft))
    return field > np.quantile(field, rng.uniform(*empty))


def picture_puzzle(rng):
    """Nonograms, pixel art, cross-stitch charts, space invaders: cells filled to blotches and figures, often mirrored."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.integers(7, 40))
    cell = side / n
    filled = _blotches(rng, n, (0.9, 2.2), (0.35, 0.75))
    if rng.random() < 0.6:
        half = filled[:, : n // 2]
        filled[:, n - n // 2:] = half[:, ::-1]
    if rng.random() < 0.5:
        filled[[0, -1]] = filled[:, [0, -1]] = False
    for y, x in np.argwhere(filled):
        a = (left + int(x * cell), top + int(y * cell))
        cv2.rectangle(image, a, (left + int((x + 1) * cell) - 1, top + int((y + 1) * cell) - 1), ink, -1)
    if rng.random() < 0.6:
        _rule(image, left, top, cell, n, n, ink if rng.random() < 0.6 else 150, rng, int(rng.choice([0, 5])))
    return image


def board_game(rng):
    """Go, draughts, chess diagrams, dominoes, mahjong: stones, pieces and pips on cells."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.choice([8, 9, 13, 19, int(rng.integers(4, 16))]))
    cell = side / n
    kind = rng.integers(4)
    if kind == 0:  # stones on the crossings
        for k in range(n):
            at = int((k + 0.5) * cell)
            cv2.line(image, (left + at, top), (left + at, top + side), ink, 1)
            cv2.line(image, (left, top + at), (left + side, top + at), ink, 1)
    elif kind == 1:
        for y, x in np.argwhere((np.add.outer(range(n), range(n)) % 2) == 0):
            a = (left + int(x * cell), top + int(y * cell))
            cv2.rectangle(image, a, (left + int((x + 1) * cell), top + int((y + 1) * cell)), int(rng.choice([ink, (ink + paper) // 2])), -1)
    share = rng.uniform(0.1, 0.8)
    for y in range(n):
        for x in range(n):
            if rng.random() > share:
                continue
            c = (left + int((x + 0.5) * cell), top + int((y + 0.5) * cell))
            if kind < 2:
                cv2.circle(image, c, max(1, int(cell * 0.42)), int(rng.choice([0, 255])), -1, cv2.LINE_AA)
                cv2.circle(image, c, max(1, int(cell * 0.42)), ink, 1, cv2.LINE_AA)
            else:  # tiles with pips
                r = int(cell * 0.42)
                cv2.rectangle(image, (c[0] - r, c[1] - r), (c[0] + r, c[1] + r), int(rng.choice([paper, 255])), -1)
                cv2.rectangle(image, (c[0] - r, c[1] - r), (c[0] + r, c[1] + r), ink, max(1, r // 10))
                per = int(rng.integers(1, 4))
                for i in range(per * per):
                    if rng.random() < 0.7:
                        q = (int(c[0] + ((i % per + 0.5) / per - 0.5) * 1.5 * r), int(c[1] + ((i // per + 0.5) / per - 0.5) * 1.5 * r))
                        cv2.circle(image, q, max(1, int(r / per * 0.45)), ink, -1, cv2.LINE_AA)
    return image


def lamps(rng):
    """Dot-matrix displays, heat maps, windows of a tower at night, seats of a hall: cells of some brightness each."""
    n, m = (int(v) for v in rng.integers(6, 46, 2))
    p = SIDE / max(n, m)
    low, high = sorted(int(v) for v in rng.integers(0, 256, 2))
    image = np.full((SIDE, SIDE), int(rng.choice([low, 0, 255])), np.uint8)
    fill = rng.uniform(0.45, 0.9)
    field = cv2.GaussianBlur(rng.random((m, n)).astype(np.float32), (0, 0), rng.uniform(0.1, 3))  # at random, or in clouds
    field = np.floor((field - field.min()) / (np.ptp(field) + 1e-6) * int(rng.integers(4, 9)) * 0.999)
    levels = low + (high - low) * field / max(1.0, float(field.max()))
    text = np.zeros((m, n), np.uint8)
    cv2.putText(text, screens.words(rng, 6, False), (0, int(m * 0.7)), cv2.FONT_HERSHEY_PLAIN, max(0.6, m / 16), 1, 1)
    lettered, dots = rng.random() < 0.4, rng.random() < 0.5
    for y in range(m):
        for x in range(n):
            value = int((high if text[y, x] else low) if lettered else levels[y, x])
            c = ((x + 0.5) * p, (y + 0.5) * p)
            if dots:
                cv2.circle(image, (int(c[0]), int(c[1])), max(1, int(p * fill / 2)), value, -1, cv2.LINE_AA)
            else:
                r = p * fill / 2
                cv2.rectangle(image, (int(c[0] - r), int(c[1] - r)), (int(c[0] + r), int(c[1] + r)), value, -1)
    return image


def keys(rng):
    """Keyboards, number pads, grids of app icons, four-square logos: few rounded squares with something on each."""
    image = np.full((SIDE, SIDE), int(rng.integers(0, 256)), np.uint8)
    n = int(rng.choice([2, 2, 3, 3, 4, int(rng.integers(4, 14))]))
    side = SIDE * rng.uniform(0.5, 1.0)
    left, top = (int(rng.uniform(0, SIDE - side)) for _ in range(2))
    frame = rng.random() < 0.4
    if frame:
        cv2.rectangle(image, (left, top), (int(left + side), int(top + side)), int(rng.integers(0, 256)), int(rng.choice([-1, max(2, int(side * 0.05))])))
    p = side / n
    values, drop = rng.integers(0, 256, 4), rng.choice([0.0, 0.0, 0.25])
    rounded, hollow, marked = rng.uniform(0, 0.5), rng.random() < 0.35, rng.random() < 0.5
    fill = rng.uniform(0.55, 0.9)
    for i in range(n * n):
        if rng.random() < drop:
            continue
        c = (left + (i % n + 0.5) * p, top + (i // n + 0.5) * p)
        r = p * fill / 2
        mask = Image.new("L", (SIDE, SIDE), 0) if n <= 3 else None
        value = int(values[int(rng.integers(len(values)))]) if rng.random() < 0.5 else int(values[0])
        box = (int(c[0] - r), int(c[1] - r), int(c[0] + r), int(c[1] + r))
        if mask is not None:
            ImageDraw.Draw(mask).rounded_rectangle(box, r * rounded * 2, fill=0 if hollow else 255, outline=255, width=max(2, int(r * 0.3)))
            image = np.where(np.asarray(mask) > 0, value, image).astype(np.uint8)
        else:
            cv2.rectangle(image, box[:2], box[2:], value, max(1, int(r * 0.25)) if hollow else -1)
        if marked and rng.random() < 0.8:
            ink = 255 - value if abs(255 - 2 * value) > 60 else 0
            s = r * rng.uniform(0.3, 0.6)
            if rng.random() < 0.5:
                cv2.putText(image, screens.words(rng, 1, False), (int(c[0] - s / 2), int(c[1] + s / 2)), cv2.FONT_HERSHEY_SIMPLEX, max(0.2, s / 18), ink, max(1, int(s / 8)), cv2.LINE_AA)
            else:
                cv2.circle(image, (int(c[0]), int(c[1])), max(1, int(s)), ink, int(rng.choice([-1, 2])), cv2.LINE_AA)
    return image


def marker_board(rng):
    """Boards of markers: chequers with a coarse marker in each light square, rows of markers, tags with corner squares."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.integers(2, 10))
    cell = side / n
    chequered, bits = rng.random() < 0.6, int(rng.integers(3, 7))
    for y in range(n):
        for x in range(n):
            a = np.array([left + x * cell, top + y * cell])
            if chequered and (x + y) % 2 == 0:
                cv2.rectangle(image, tuple(int(v) for v in a), tuple(int(v) for v in a + cell), ink, -1)
                continue
            s = cell * (0.72 if chequered else 0.8)
            grid = np.pad(rng.random((bits, bits)) < 0.5, 1)
            tile = cv2.resize(np.where(grid, paper, ink).astype(np.uint8), (max(3, int(s)),) * 2, interpolation=cv2.INTER_NEAREST)
            o = (a + (cell - s) / 2).astype(int)
            image[o[1]:o[1] + tile.shape[0], o[0]:o[0] + tile.shape[1]] = tile[: SIDE - o[1], : SIDE - o[0]]
            if not chequered and rng.random() < 0.5:  # small squares at the corners between tags
                r = max(1, int(cell * 0.1))
                q = tuple(int(v) for v in a)
                cv2.rectangle(image, (q[0] - r, q[1] - r), (q[0] + r, q[1] + r), ink, -1)
    return image


def minesweeper(rng):
    """Mine fields and games of falling or sliding blocks: cells raised or empty, with figures, flags and mines on some."""
    image, left, top, side, paper, ink = _board(rng)
    n = int(rng.integers(5, 24))
    cell = side / n
    closed = _blotches(rng, n, (0.6, 1.6), (0.2, 0.7))
    raised, lit, shaded = int(rng.integers(90, 220)), int(rng.integers(200, 256)), int(rng.integers(0, 120))
    edge = max(1, int(cell * rng.uniform(0.04, 0.15)))
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    face = screens.font(rng, max(5, cell * 0.7), False)
    for y, x in np.ndindex(n, n):
        x0, y0, x1, y1 = left + x * cell, top + y * cell, left + (x + 1) * cell - 1, top + (y + 1) * cell - 1
        if closed[y, x]:
            draw.rectangle((x0, y0, x1, y1), fill=lit)
            draw.rectangle((x0 + edge, y0 + edge, x1, y1), fill=shaded)
            draw.rectangle((x0 + edge, y0 + edge, x1 - edge, y1 - edge), fill=raised)
        else:
            draw.rectangle((x0, y0, x1, y1), outline=(paper + ink) // 2)
        u = rng.random()
        if not closed[y, x] and u < 0.5:
            draw.text((x0 + cell * 0.25, y0 + cell * 0.1), str(int(rng.choice([1, 1, 1, 2, 2, 3, 4]))), int(rng.integers(0, 140)), font=face)
        elif u < 0.1:
            draw.ellipse((x0 + cell * 0.2, y0 + cell * 0.2, x1 - cell * 0.2, y1 - cell * 0.2), fill=ink)
    return np.asarray(picture).copy()


def identicons(rng):
    """Portraits of blocks mirrored about the middle, five to nine to a side, alone or in rows; coarse pixel icons."""
    image = np.full((SIDE, SIDE), int(rng.integers(180, 256)), np.uint8)
    across = int(rng.choice([1, 1, 2, 3, 4]))
    p = SIDE // across
    for i in range(across * across):
        n = int(rng.integers(4, 10))
        half = rng.random((n, (n + 1) // 2)) < rng.uniform(0.35, 0.65)
        bits = np.concatenate([half, half[:, : n // 2][:, ::-1]], 1)
        if rng.random() < 0.3:
            bits = np.pad(bits, 1)
        low, high = (int(v) for v in rng.permutation([int(rng.integers(0, 150)), int(rng.integers(150, 256))]))
        side = int(p * rng.uniform(0.5, 0.95))
        tile = cv2.resize(np.where(bits, low, high).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
        y, x = i // across * p + (p - side) // 2, i % across * p + (p - side) // 2
        image[y:y + side, x:x + side] = tile
    return image


def meander(rng):
    """Window lattices, meanders, key patterns, square spirals, knots: bars of one width that turn at right angles."""
    n = int(rng.integers(5, 15))
    tile = np.zeros((n, n), bool)
    kind = rng.integers(3)
    if kind == 0:  # square rings, broken once each
        for k in range(0, n // 2, 2):
            tile[k, k:n - k] = tile[n - 1 - k, k:n - k] = tile[k:n - k, k] = tile[k:n - k, n - 1 - k] = True
            tile[int(rng.integers(k, n - k)), k if rng.random() < 0.5 else n - 1 - k] = False
    elif kind == 1:  # lines across, cut to pieces
        tile[::2] = rng.random((len(tile[::2]), n)) < 0.8
        tile[:, ::2] |= rng.random((n, len(tile[0, ::2]))) < 0.4
    else:  # a spiral
        y, x, dy, dx = 0, 0, 0, 1
        for _ in range(n * n):
            tile[y, x] = True
            ahead = (y + dy, x + dx)
            beyond = (y + 2 * dy, x + 2 * dx)
            if not (0 <= ahead[0] < n and 0 <= ahead[1] < n) or (0 <= beyond[0] < n and 0 <= beyond[1] < n and tile[beyond]):
                dy, dx = dx, -dy
                ahead = (y + dy, x + dx)
                if not (0 <= ahead[0] < n and 0 <= ahead[1] < n) or tile[ahead]:
                    break
            y, x = ahead
    if rng.random() < 0.6:
        tile = np.block([[tile, tile[:, ::-1]], [tile[::-1], tile[::-1, ::-1]]])
    times = int(rng.choice([1, 1, 2, 3, 6]))
    image, left, top, side, paper, ink = _board(rng)
    bars = cv2.resize(np.where(np.tile(tile, (times, times)), ink, paper).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    image[top:top + side, left:left + side] = bars
    if rng.random() < 0.6:
        cv2.rectangle(image, (left, top), (left + side - 1, top + side - 1), ink, int(rng.integers(1, 12)))
    return image


PUZZLES = (
    dense_crossword, dense_crossword, word_grid, word_grid, number_card, number_card, number_card, picture_puzzle, board_game, lamps, keys, marker_board, minesweeper, identicons, meander,
)
