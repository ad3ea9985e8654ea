"""From the drawing to the photo: projection of a flat symbol, bending, light, blur, noise, compression."""

import cv2
import numpy as np


def plane_homography(width, height, roll, yaw, pitch, stretch, focal=2.2):
    """Projects the rectangle [0,width]x[0,height] turned in space; the centre goes to (0, 0), lengths stay near 1."""
    side = max(width, height)
    to_unit = np.array([[stretch / side, 0, -stretch * width / side / 2], [0, 1 / side / stretch, -height / side / stretch / 2], [0, 0, 1]])
    cr, sr, cy, sy, cp, sp = np.cos(roll), np.sin(roll), np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    turn_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    turn_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    turn_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    # The plane is tilted in camera axes after it was rolled, so that tilt and rotation are independent.
    turn = turn_x @ turn_y @ turn_z
    lift = np.array([[turn[0, 0], turn[0, 1], 0], [turn[1, 0], turn[1, 1], 0], [turn[2, 0] / focal, turn[2, 1] / focal, 1]])
    return lift @ to_unit


def transform(matrix, points):
    p = np.c_[points, np.ones(len(points))] @ matrix.T
    return p[:, :2] / p[:, 2:]


class Bend:
    """A displacement of the drawing: waves along one axis, or the foreshortening of a cylinder."""

    def __init__(self, rng, width, height):
        self.size = np.array([width, height], np.float32)
        self.axis = int(rng.integers(2))
        self.amount = rng.uniform(0.01, 0.09) * min(width, height)
        self.length = rng.uniform(0.5, 2.5) * max(width, height)
        self.phase = rng.uniform(0, 2 * np.pi)
        self.curve = rng.uniform(0.3, 1.25) if rng.random() < 0.6 else 0.0  # half the angle a cylinder shows

    def _shift(self, along):
        return self.amount * np.sin(2 * np.pi * along / self.length + self.phase)

    def forward(self, points):
        """Where points of the drawing go."""
        p = points.astype(np.float64).copy()
        a, b = self.axis, 1 - self.axis
        if self.curve:
            half = self.size[a] / 2
            p[:, a] = half + half * np.sin((p[:, a] - half) / half * self.curve) / np.sin(self.curve)
        p[:, b] += self._shift(p[:, a])
        return p

    def apply(self, image):
        """The bent image; the same as `forward`, read backwards."""
        width, height = int(self.size[0]), int(self.size[1])
        grid = [np.arange(width, dtype=np.float32)[None].repeat(height, 0), np.arange(height, dtype=np.float32)[:, None].repeat(width, 1)]
        a, b = self.axis, 1 - self.axis
        source = [None, None]
        source[b] = (grid[b] - self._shift(grid[a])).astype(np.float32)
        if self.curve:
            half = self.size[a] / 2
            u = np.clip((grid[a] - half) / half, -1, 1) * np.sin(self.curve)
            source[a] = (half + half * np.arcsin(u) / self.curve).astype(np.float32)
        else:
            source[a] = grid[a]
        return cv2.remap(image, source[0], source[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def light(image, rng):
    """Uneven light: a gradient, the edge of a shadow, a highlight."""
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    kind = rng.integers(3)
    a = rng.uniform(0, 2 * np.pi)
    t = (x - w / 2) * np.cos(a) + (y - h / 2) * np.sin(a)
    if kind == 0:
        image *= 1 + t / w * rng.uniform(0.2, 1.0)
    elif kind == 1:
        edge = rng.uniform(0.5, 12)
        image *= 1 - rng.uniform(0.2, 0.65) / (1 + np.exp(-np.clip((t - rng.uniform(-60, 60)) / edge, -30, 30)))
    else:
        cx, cy = rng.uniform(0, w), rng.uniform(0, h)
        r = rng.uniform(10, 70)
        image += rng.uniform(60, 230) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2 * rng.uniform(0.3, 3)) / (2 * r * r))
    return image


def blur(image, rng, module):
    """Gaussian, defocus or motion blur, mostly of less than a module of the finest code in view, at most of 1.5."""
    most = max(0.55, (0.9 if rng.random() < 0.6 else 1.5) * module)
    kind = rng.random()
    if kind < 0.5:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, min(most, 8)))
    radius = rng.uniform(0.6, min(1.3 * most, 11))
    k = int(2 * np.ceil(radius) + 1)
    kernel = np.zeros((k, k), np.float32)
    if kind < 0.72:
        y, x = np.mgrid[0:k, 0:k] - k // 2
        kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    else:
        a = rng.uniform(0, np.pi)
        for t in np.linspace(-radius, radius, 4 * k):
            px, py = k // 2 + t * np.cos(a), k // 2 + t * np.sin(a)
            kernel[int(round(py)), int(round(px))] += 1
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def moire(image, rng):
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    a, p = rng.uniform(0, np.pi), rng.uniform(1.5, 12)
    wave = np.sin((x * np.cos(a) + y * np.sin(a)) * 2 * np.pi / p + rng.uniform(0, 3) * np.sin(y / rng.uniform(10, 60)))
    return image + rng.uniform(4, 28) * wave


def recompress(image, rng):
    quality = int(rng.choice([rng.integers(10, 35), rng.integers(30, 80), rng.integers(70, 96)], p=[0.2, 0.45, 0.35]))
    ok, data = cv2.imencode(".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(np.float32) if ok else image


def degrade(image, rng, module):
    """What light, lens, sensor and file do to a patch (float32 in, uint8 out). Returns it with the names of the steps."""
    done = []
    if rng.random() < 0.25:
        image = light(image, rng)
        done.append("light")
    if rng.random() < 0.12:
        image = moire(image, rng)
        done.append("moire")
    if rng.random() < 0.38:
        image = blur(image, rng, module)
        done.append("blur")
    if rng.random() < 0.15 and module > 1.2:  # seen through a coarser picture
        f = rng.uniform(max(0.4, 1.0 / module), 1.0)
        small = cv2.resize(image, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST])))
        done.append("resampled")
    if rng.random() < 0.1:  # sharpened by the phone
        image = image + rng.uniform(0.3, 1.5) * (image - cv2.GaussianBlur(image, (0, 0), 1.2))
    if rng.random() < 0.3:
        sigma = rng.uniform(1, 22) if rng.random() < 0.8 else rng.uniform(10, 40)
        noise = np.empty(image.shape, np.float32)
        cv2.setRNGSeed(int(rng.integers(1 << 30)))
        cv2.randn(noise, 0, sigma)
        image = image + noise
        done.append("noise")
    if rng.random() < 0.45:
        image = recompress(image, rng)
        done.append("jpeg")
    if rng.random() < 0.3:
        gain, offset = rng.uniform(0.4, 1.3), rng.uniform(-40, 60)
        image = image * gain + offset
    return np.clip(image, 0, 255).astype(np.uint8), done
