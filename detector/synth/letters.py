"""Letters and figures as they stand one by one in cells: print, plotter strokes, seven segments, pixel fonts, dots."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import screens

_HERSHEY = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX)
_SEGMENTS = {0: "abcdef", 1: "bc", 2: "abged", 3: "abgcd", 4: "fgbc", 5: "afgcd", 6: "afgecd", 7: "abc", 8: "abcdefg", 9: "abcdfg"}
_ENDS = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2), "f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}


class Hand:
    """One way of writing, kept for a whole sheet: `hand.mask(text)` is a square of `cell` pixels, 255 where there is ink."""

    def __init__(self, rng, cell, chinese=False):
        self.cell = cell
        self.height = cell * rng.uniform(0.4, 0.8)
        self.weight = float(rng.choice([0.06, 0.1, rng.uniform(0.05, 0.2)])) * self.height
        ways = [self._print, self._print, self._pixels] + ([] if chinese else [self._plotter, self._plotter, self._segments])
        way = ways[int(rng.integers(len(ways)))]
        self._bold = int(rng.choice([0, 0, 1, 2]))
        self._hershey = int(rng.choice(_HERSHEY))
        self._lean = rng.uniform(-0.15, 0.15) if rng.random() < 0.3 else 0.0
        self._grid = int(rng.integers(7, 13)) if chinese else int(rng.integers(6, 10))
        self._pixel = ("square", "grown", "dot")[int(rng.integers(3))]
        self._face = screens.font(rng, self._grid if way == self._pixels else self.height, chinese)
        self.mask = lru_cache(maxsize=None)(way)

    def _print(self, text):
        image = Image.new("L", (self.cell, self.cell))
        ImageDraw.Draw(image).text((self.cell / 2, self.cell / 2), text, 255, font=self._face, anchor="mm", stroke_width=self._bold)
        return np.asarray(image)

    def _plotter(self, text):
        """Even strokes with round ends."""
        image = np.zeros((self.cell, self.cell), np.uint8)
        thick = max(1, round(self.weight))
        (_, high), _ = cv2.getTextSize("8", self._hershey, 1.0, 1)
        (wide, tall), _ = cv2.getTextSize(text, self._hershey, self.height / high, thick)
        at = (round((self.cell - wide) / 2), round((self.cell + tall) / 2))
        return cv2.putText(image, text, at, self._hershey, self.height / high, 255, thick, cv2.LINE_AA)

    def _segments(self, text):
        """A seven-segment display. What is no figure stands as one of the same look."""
        image = np.zeros((self.cell, self.cell), np.uint8)
        figures = [ord(letter) % 10 for letter in text]
        step = self.height / 2
        pitch = step * 1.7
        left = (self.cell - pitch * (len(figures) - 1) - step) / 2
        for i, figure in enumerate(figures):
            for name in _SEGMENTS[figure]:
                x0, y0, x1, y1 = (v * step for v in _ENDS[name])
                a, b = ((left + i * pitch + x + self._lean * (step - y), (self.cell - self.height) / 2 + y) for x, y in ((x0, y0), (x1, y1)))
                cv2.line(image, tuple(round(v) for v in a), tuple(round(v) for v in b), 255, max(1, round(self.weight)), cv2.LINE_AA)
        return image

    def _pixels(self, text):
        """A pixel font: squares, squares grown together, or dots."""
        small = Image.new("1", (self._grid * (len(text) + 1), self._grid + 4))
        ImageDraw.Draw(small).text((1, small.height / 2), text, 1, font=self._face, anchor="lm")
        on = np.asarray(small).astype(np.uint8) * 255
        ys, xs = np.nonzero(on)
        image = np.zeros((self.cell, self.cell), np.uint8)
        if not len(ys):
            return image
        on = on[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
        step = min(self.height / max(on.shape[0], 5), 0.9 * self.cell / on.shape[1])
        drawn = self._enlarged(on, step)
        top, left = (max(0, (self.cell - n) // 2) for n in drawn.shape)
        image[top:top + drawn.shape[0], left:left + drawn.shape[1]] = drawn[:self.cell, :self.cell]
        return image

    def _enlarged(self, on, step):
        """A small picture with pixels `step` wide."""
        high, wide = (max(2, round(n * step)) for n in on.shape)
        if self._pixel == "square":
            return cv2.resize(on, (wide, high), interpolation=cv2.INTER_NEAREST)
        if self._pixel == "grown":
            soft = cv2.resize(on, (wide, high), interpolation=cv2.INTER_LINEAR)
            return np.clip((soft.astype(np.int32) - 90) * 4, 0, 255).astype(np.uint8)
        dots = np.zeros((high, wide), np.uint8)
        for y, x in np.argwhere(on):
            cv2.circle(dots, (round((x + 0.5) * step), round((y + 0.5) * step)), max(1, round(step * 0.45)), 255, -1, cv2.LINE_AA)
        return dots
