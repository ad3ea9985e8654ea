"""What every kind of code is drawn into before it is placed in a scene.

A symbol is stored without colours: `ink` says how much ink a pixel has, `over` holds what lies on top of the ink
whatever its colour (a logo, a picture behind the modules). Paper and ink are chosen when a patch is composed, so one
drawing serves as dark on white, white on dark, coloured, or transparent on a photo.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

CLASSES = ("qr", "mini-program", "round", "other")
QR, MINI, ROUND, OTHER = range(4)
CHANNELS = 5  # a class of the confirming network alone (4 is its "nothing"); to the detecting one it is a MINI


@dataclass
class Symbol:
    """A drawn code; the image covers exactly the code, without a quiet zone."""

    cls: int
    style: str
    ink: np.ndarray  # uint8 [h, w], 255 = full ink
    module: float  # pixels a module (or a dash) is wide in `ink`
    over: np.ndarray | None = None  # uint8 [h, w] grey value on top of the ink
    over_alpha: np.ndarray | None = None  # uint8 [h, w]
    eyes: list = field(default_factory=list)  # (x, y, radius) of the finder patterns, in pixels
    round_outline: bool = False  # the code is a disc: its box is the box of the circle

    def smaller(self, factor):
        """The same symbol reduced by `factor` (below 1), averaged over areas."""
        height, width = self.ink.shape
        size = (max(4, round(width * factor)), max(4, round(height * factor)))
        fx = size[0] / width

        def reduce(image):
            return None if image is None else cv2.resize(image, size, interpolation=cv2.INTER_AREA)

        return Symbol(
            self.cls, self.style, reduce(self.ink), self.module * fx, reduce(self.over), reduce(self.over_alpha),
            [(x * fx, y * fx, r * fx) for x, y, r in self.eyes], self.round_outline,
        )


def paste(base, alpha, value):
    """Blends `value` (a number or an image) over `base` (float32, in place) with `alpha` 0..255."""
    weight = alpha.astype(np.float32) * (1 / 255)
    base += (value - base) * weight


def rounded_rectangle(shape, x0, y0, x1, y1, radius):
    """A uint8 mask with a filled rectangle whose corners are rounded."""
    mask = np.zeros(shape, np.uint8)
    radius = int(max(0, min(radius, (x1 - x0) / 2, (y1 - y0) / 2)))
    x0, y0, x1, y1 = (int(round(v)) for v in (x0, y0, x1, y1))
    cv2.rectangle(mask, (x0 + radius, y0), (x1 - radius, y1), 255, -1)
    cv2.rectangle(mask, (x0, y0 + radius), (x1, y1 - radius), 255, -1)
    if radius:
        for cx in (x0 + radius, x1 - radius):
            for cy in (y0 + radius, y1 - radius):
                cv2.circle(mask, (cx, cy), radius, 255, -1, cv2.LINE_AA)
    return mask
