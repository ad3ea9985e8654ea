"""Photos and icons of installed packages as grey pictures."""

import io
import os
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

LONGEST = 1600  # photos are kept at most this large
DEFAULT_FOLDERS = ("/usr/share/wallpapers", "/usr/share/backgrounds")
_TYPES = {".jpg", ".jpeg", ".png", ".webp"}
# Pictures that may show a code or are drawn for the same purpose as the evaluation's would spoil the negatives.
_SKIP = ("qrcode", "barcode", "datamatrix", "aruco", "screenshot-")


def _files(folders, types):
    seen = set()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() not in types or any(word in path.name.lower() for word in _SKIP):
                continue
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield path


def photos(folders=DEFAULT_FOLDERS, smallest=300, most=1200):
    """Grey photos, reduced to LONGEST; the many sizes of one wallpaper count once."""
    taken = {}
    for path in _files(folders, _TYPES):
        try:
            with Image.open(path) as image:
                width, height = image.size
                if min(width, height) < smallest:
                    continue
                # Wallpapers lie in one folder per picture, one file per screen size.
                folder = path.parent
                key = str(folder) if "wallpapers" in str(folder) and folder.name.startswith("image") else str(path)
                if key in taken or len(taken) >= most:
                    continue
                image.draft("L", (LONGEST, LONGEST))
                image = image.convert("RGBA").convert("RGB") if image.mode in ("P", "RGBA", "LA") else image
                grey = np.asarray(image.convert("L"))
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        scale = LONGEST / max(grey.shape)
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        taken[key] = grey
    return list(taken.values())


def svg_icons(folder, rng, count, size=96):
    """Icons of a theme drawn by cairosvg as (grey, alpha); wrong files are left out."""
    import cairosvg

    files = [p for p in _files([folder], {".svg"}) if p.stat().st_size < 30000 and "symbolic" not in str(p)]
    icons = []
    for index in rng.permutation(len(files))[: count * 2]:
        if len(icons) >= count:
            break
        try:
            png = cairosvg.svg2png(url=str(files[index]), output_width=size, output_height=size)
            image = Image.open(io.BytesIO(png)).convert("LA")
        except Exception:  # any broken icon: there are thousands of others
            continue
        pair = np.asarray(image)
        icons.append((np.ascontiguousarray(pair[..., 0]), np.ascontiguousarray(pair[..., 1])))
    return icons


def cutouts(folders, rng, count, size=160):
    """Pictures with a transparent ground (clip art, stamps) as (grey, alpha)."""
    files = list(_files(folders, {".png"}))
    found = []
    for index in rng.permutation(len(files))[: count * 2]:
        if len(found) >= count:
            break
        try:
            with Image.open(files[index]) as image:
                if max(image.size) > 4000 or min(image.size) < 24:
                    continue
                image = image.convert("RGBA")
                image.thumbnail((size, size))
                pair = np.asarray(image.convert("LA"))
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        found.append((np.ascontiguousarray(pair[..., 0]), np.ascontiguousarray(pair[..., 1])))
    return found
