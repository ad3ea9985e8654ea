"""The fonts to draw with: those of Debian that have Chinese, and Latin ones for ids and prices."""

import subprocess
from functools import lru_cache

from fontTools.ttLib import TTCollection, TTFont
from PIL import ImageFont

# Not drawn with in training, to see how an unknown font fares.
HELD_OUT = ("TW-Kai", "gbsn00lp", "LXGWWenKai-Light", "Lato-Bold", "DemiLight")
# A row of these is a font for Chinese text.
PROBE = "微信加我扣群号直播间优惠"
LATIN_FAMILIES = ("DejaVuSans", "Roboto-", "Lato-", "OpenSans-", "LiberationSans", "LiberationSerif", "Inconsolata", "FiraCode")


def _listed():
    out = subprocess.run(["fc-list", "--format", "%{file}|%{index}\n"], capture_output=True, text=True, check=True).stdout
    return sorted({line.rsplit("|", 1)[0] for line in out.splitlines()})


@lru_cache(maxsize=256)
def characters(path, index):
    """The code points that a font draws."""
    if path.endswith(".ttc"):
        return frozenset(TTCollection(path).fonts[index].getBestCmap())
    return frozenset(TTFont(path, fontNumber=index, lazy=True).getBestCmap() or ())


def fonts(held_out):
    """`(chinese, latin)`: lists of `(path, index)`, either those for training or those held out."""
    chinese, latin = [], []
    for path in _listed():
        if not path.endswith((".ttf", ".otf", ".ttc")) or any(name in path for name in HELD_OUT) != held_out:
            continue
        try:
            # Of the many languages of one collection, Simplified Chinese comes third (Noto); others have one face.
            index = 2 if "Noto" in path and path.endswith(".ttc") else 0
            known = characters(path, index)
        except Exception:  # noqa: BLE001  a font that cannot be opened is not drawn with
            continue
        if all(ord(c) in known for c in PROBE):
            chinese.append((path, index))
        elif any(name in path for name in LATIN_FAMILIES) and "Italic" not in path:
            latin.append((path, index))
    return chinese, latin


@lru_cache(maxsize=400)
def face(path, index, size):
    """A font in a size."""
    return ImageFont.truetype(path, size, index=index)


def draws(font, text):
    """Has the font every character of a text?"""
    known = characters(*font)
    return all(c == " " or ord(c) in known for c in text)
