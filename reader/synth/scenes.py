"""Draws whole pictures with text in them: posters, overlays, captions, and scenes with nothing to read."""

import cv2
import numpy as np

from . import lines, texts

SIDE = 320  # of the square patches that the finder learns from, in its own pixels
STRIDE = 4
KERNEL = 0.2  # a line's kernel is the line shrunk by this share of its height on every side: what readers grow back
FINE = 4  # a place of the map is as full as so many by so many points of it say


def scene(rng, fonts, grounds):
    """`(rgb, quads)`: a patch, and the corners of its lines of text clockwise from the upper left, in pixels."""
    canvas = lines.ground(rng, grounds, SIDE, SIDE)
    for _ in range(int(rng.integers(0, 5))):
        clutter(rng, canvas)
    quads, taken = [], np.zeros((SIDE, SIDE), bool)
    for _ in range(int(rng.choice([0, 1, 2, 4, 7, 12], p=[0.12, 0.2, 0.25, 0.2, 0.15, 0.08]))):
        placed = place(rng, canvas, taken, fonts)
        if placed is not None:
            quads.append(placed)
    return lines.damage(rng, canvas), quads


def place(rng, canvas, taken, fonts):
    """Draws one line where there is room; its quad, or `None`."""
    text = texts.line(rng)
    vertical = rng.random() < 0.12 and len(text) <= 8 and " " not in text
    font = lines.pick_font(rng, text, fonts)
    size = int(np.exp(rng.uniform(np.log(8), np.log(75))))
    # Drawn large and reduced: what the finder sees are reduced pictures.
    factor = rng.uniform(1, 2.2)
    drawn = font and lines.layer(rng, text, font, max(10, int(size * factor)), vertical)
    if drawn is None:
        return None
    rgba, _ = drawn
    if rng.random() < 0.25:
        rgba = panel(rng, rgba)
    height, width = (max(6, round(side / factor)) for side in rgba.shape[:2])
    if height < 7 or width < 6:
        return None
    rgba = cv2.resize(rgba, (width, height), interpolation=cv2.INTER_AREA)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    if rng.random() < 0.35:
        rgba, corners = turned(rgba, corners, rng.normal(0, 9))
    left, top = int(rng.integers(-width // 4, SIDE)), int(rng.integers(-height // 4, SIDE))
    quad = (corners + np.array([left, top])).astype(np.float32)
    area = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(area, quad.astype(np.int32), 1)
    inside = area.astype(bool)
    if inside.sum() < 0.5 * abs(cv2.contourArea(quad)) or (inside & taken).any():
        return None
    if not lines.visible(rgba, canvas[inside].mean()):
        return None
    lines.paste(canvas, rgba, left, top)
    taken |= cv2.dilate(area, np.ones((3, 3), np.uint8)).astype(bool)
    return quad


def panel(rng, rgba):
    """A text on a panel of its own. Its quad is the text's, up to the panel's small margin."""
    ink = rgba[..., 3] > 128
    ground = rgba[ink][:, :3].mean() if ink.any() else 0
    back = lines.contrasting(rng, ground, 70)
    out = rgba.copy()
    alpha = rgba[..., 3:].astype(np.float32) / 255
    out[..., :3] = (rgba[..., :3] * alpha + np.array(back) * (1 - alpha)).astype(np.uint8)
    out[..., 3] = np.maximum(rgba[..., 3], int(rng.integers(120, 256)))
    return out


def turned(rgba, corners, degrees):
    """A layer turned about its middle, and where its corners come to lie."""
    height, width = rgba.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    ends = corners @ matrix[:, :2].T + matrix[:, 2]
    least = ends.min(0)
    matrix[:, 2] -= least
    size = np.ceil(ends.max(0) - least).astype(int) + 1
    return cv2.warpAffine(rgba, matrix, tuple(int(s) for s in size)), (ends - least).astype(np.float32)


def clutter(rng, canvas):
    """Shapes that are no text: bars, discs, grids, outlines, strokes."""
    ink = lines.colour(rng)
    x, y = (int(v) for v in rng.integers(0, SIDE, 2))
    kind = rng.integers(6)
    thickness = int(rng.choice([-1, 1, 2, 4]))
    if kind == 0:
        cv2.rectangle(canvas, (x, y), (x + int(rng.integers(5, 160)), y + int(rng.integers(5, 90))), ink, thickness)
    elif kind == 1:
        cv2.circle(canvas, (x, y), int(rng.integers(3, 60)), ink, thickness)
    elif kind == 2:
        step = int(rng.integers(5, 24))
        for i in range(int(rng.integers(3, 9))):
            cv2.line(canvas, (x + i * step, y), (x + i * step, y + step * 6), ink, max(1, abs(thickness)))
    elif kind == 3:
        points = rng.integers(0, SIDE, (int(rng.integers(3, 7)), 1, 2)).astype(np.int32)
        cv2.polylines(canvas, [points], bool(rng.random() < 0.5), ink, max(1, abs(thickness)))
    elif kind == 4:
        for i in range(int(rng.integers(3, 12))):
            cv2.circle(canvas, (x + 14 * i, y), int(rng.integers(2, 7)), ink, -1)
    else:
        cv2.ellipse(canvas, (x, y), (int(rng.integers(5, 50)), int(rng.integers(3, 30))), float(rng.uniform(0, 360)), 0, float(rng.uniform(90, 360)), ink, thickness)


def target(quads):
    """Where the finder should answer: the kernels of lines, which lie apart even where lines touch. 255: all of a place."""
    kernels = np.zeros((SIDE // STRIDE * FINE,) * 2, np.uint8)
    for quad in quads:
        outer = quad * FINE / STRIDE
        tall = min(np.linalg.norm(outer[0] - outer[3]), np.linalg.norm(outer[0] - outer[1]))
        cv2.fillConvexPoly(kernels, np.round(shrunk(outer, KERNEL * tall)).astype(np.int32), 255)
    return cv2.resize(kernels, (SIDE // STRIDE,) * 2, interpolation=cv2.INTER_AREA)


def shrunk(quad, by):
    """A quad whose sides have moved inwards."""
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    width, height = np.linalg.norm(across), np.linalg.norm(down)
    x = across / max(width, 1e-6) * min(by, width * 0.45)
    y = down / max(height, 1e-6) * min(by, height * 0.45)
    return quad + np.array([x + y, -x + y, -x - y, x - y])
