"""Codes that are not QR codes: linear barcodes, DataMatrix, Aztec, PDF417, MaxiCode."""

import string

import cv2
import numpy as np
import zxingcpp

from .symbol import OTHER, Symbol

_FORMATS = {
    "EAN13": 16, "EAN8": 5, "UPCA": 8, "UPCE": 3, "Code128": 14, "Code39": 6, "Code93": 3, "ITF": 5, "Codabar": 2,
    "DataBarExp": 2, "DataMatrix": 16, "Aztec": 13, "PDF417": 11, "MicroPDF417": 2, "MaxiCode": 3,
}
_TALL = {"PDF417", "MicroPDF417", "DataMatrix", "Aztec", "MaxiCode"}


def _digits(rng, n):
    return "".join(rng.choice(list(string.digits), n))


def _content(name, rng):
    fixed = {"EAN13": 12, "EAN8": 7, "UPCA": 11}
    if name in fixed:
        return _digits(rng, fixed[name])
    if name == "UPCE":
        return "0" + _digits(rng, 6)
    if name == "ITF":
        return _digits(rng, 2 * int(rng.integers(3, 9)))
    if name == "Codabar":
        return "A" + _digits(rng, int(rng.integers(4, 14))) + "B"
    if name == "DataBarExp":
        return "(01)0" + _digits(rng, 12)
    alphabet = list(string.ascii_uppercase + string.digits)
    longest = {"DataMatrix": 120, "Aztec": 140, "PDF417": 160, "MicroPDF417": 40, "MaxiCode": 60}.get(name, 18)
    return "".join(rng.choice(alphabet, int(rng.integers(3, longest))))


def draw(rng, _picture=None):
    """A random code of another kind as a Symbol."""
    names = list(_FORMATS)
    weights = np.array([_FORMATS[n] for n in names], float)
    while True:
        name = str(rng.choice(names, p=weights / weights.sum()))
        try:
            code = zxingcpp.create_barcode(_content(name, rng), getattr(zxingcpp.BarcodeFormat, name))
            image = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
        except (ValueError, RuntimeError):
            continue
        break
    ink = 255 - image if image.ndim == 2 else 255 - image[..., 0]
    height, width = ink.shape
    if name in _TALL:
        m = int(np.clip(280 // max(height, width), 2, 10))
        ink = cv2.resize(ink, None, fx=m, fy=m, interpolation=cv2.INTER_NEAREST)
        if name == "DataMatrix" and rng.random() < 0.2:  # printed as separate dots
            r = int(m * rng.uniform(0.35, 0.5))
            dot = cv2.circle(np.zeros((m, m), np.uint8), (m // 2, m // 2), max(1, r), 255, -1)
            ink = np.minimum(ink, np.tile(dot, (height, width)))
    else:  # bars alone, as high as one likes
        bars = ink[height // 3]
        m = int(np.clip(300 // width, 1, 6))
        tall = int(np.clip(width * m * rng.uniform(0.2, 0.9), 20, 300))
        ink = np.repeat(np.repeat(bars[None], tall, 0), m, 1)
    return Symbol(OTHER, name, np.ascontiguousarray(ink), float(m))
