"""Photos of installed packages, to lie behind text."""

from pathlib import Path

import cv2
import numpy as np

FOLDERS = ("/usr/share/backgrounds", "/usr/share/wallpapers")
LONGEST = 1400


def photos(folders=FOLDERS, most=200):
    """RGB photos, reduced to `LONGEST`."""
    taken = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"} or len(taken) >= most:
                continue
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is None or min(picture.shape[:2]) < 300:
                continue
            scale = LONGEST / max(picture.shape[:2])
            if scale < 1:
                picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            taken.append(np.ascontiguousarray(picture[..., ::-1]))
    return taken
