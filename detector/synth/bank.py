"""The bank: everything drawn once and reused by all patches (photos, icons, scenes, codes).

Drawing a text page or a styled code takes milliseconds, a patch may take only a few; so they are drawn once, kept in
one file, and every patch takes another crop, scale, angle, colour and damage of them.
"""

import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import emblems, live, other, patterns, photos, puzzles, qr, rounds, screens, suns

DRAWN = patterns.PATTERNS + puzzles.PUZZLES + suns.SUNS + emblems.EMBLEMS + live.LIVE
NEED_PICTURES = screens.SCREENS + emblems.EMBLEMS
_BANK = None  # the half-built bank the drawing processes inherit


class Bank:
    """Pictures by purpose; `split` parts of it never meet in training and validation."""

    only = ()  # kinds of scenes that it is limited to

    def __init__(self):
        self.photos, self.icons, self.cutouts = [], [], []
        self.scenes = []  # (kind, grey image)
        self.codes = {}  # class index -> list of symbols
        self.captions = []  # masks of short lines of text

    def picture(self, rng, size):
        """A square grey crop of a photo or a cut-out on a plain ground."""
        if self.cutouts and rng.random() < 0.4:
            grey, alpha = self.cutouts[int(rng.integers(len(self.cutouts)))]
            ground = np.full((max(grey.shape), max(grey.shape)), int(rng.choice([255, 255, int(rng.integers(256))])), np.float32)
            h, w = grey.shape
            weight = alpha.astype(np.float32) / 255
            ground[:h, :w] += (grey - ground[:h, :w]) * weight
            return cv2.resize(ground.astype(np.uint8), (size, size), interpolation=cv2.INTER_AREA)
        photo = self.photos[int(rng.integers(len(self.photos)))]
        side = int(min(photo.shape) * rng.uniform(0.15, 1.0))
        y, x = rng.integers(0, photo.shape[0] - side + 1), rng.integers(0, photo.shape[1] - side + 1)
        step = max(1, side // (2 * size))  # a coarse view first: exact averaging is not needed here
        return cv2.resize(np.ascontiguousarray(photo[y:y + side:step, x:x + side:step]), (size, size), interpolation=cv2.INTER_AREA)


def _draw_scene(job):
    seed, kind = job
    rng = np.random.default_rng(seed)
    maker = kind
    if kind in NEED_PICTURES:
        return maker.__name__, maker(rng, _BANK)
    return maker.__name__, maker(rng)


def _draw_code(job):
    seed, name = job
    rng = np.random.default_rng(seed)
    maker = {"qr": qr.draw, "mini": rounds.draw_mini_program, "round": rounds.draw_ring_code, "reward": rounds.draw_reward, "channels": rounds.draw_channels, "other": other.draw}[name]
    return maker(rng, lambda: _BANK.picture(rng, 96))


def _caption(rng):
    """A line as it stands under codes ("scan me"), as a mask."""
    text = str(rng.choice(["扫一扫", "扫码关注", "长按识别二维码", "扫一扫 加好友", "微信扫码", "扫码领取优惠券", "SCAN ME", "Scan to pay", "扫码支付"]))
    face = screens.font(rng, 36)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new("L", (right + 4, bottom + 4), 0)
    ImageDraw.Draw(image).text((2, 2), text, 255, font=face)
    return np.asarray(image)[max(0, top - 2):].copy()


def build(path, seed, counts, folders, cutout_folders, icon_folder, workers=2, validation=False, only=()):
    """Draws a bank and writes it to `path`, with scenes of all kinds or `only` of some.

    Photos, icons and cut-outs are dealt to training or validation by order.
    """
    global _BANK
    rng = np.random.default_rng(seed)
    bank = Bank()
    bank.only = tuple(only)

    def deal(items):
        return [v for i, v in enumerate(items) if (i % 7 == 0) == validation]

    bank.photos = deal(photos.photos(folders))
    bank.icons = deal(photos.svg_icons(icon_folder, np.random.default_rng(5), counts["icons"]))
    bank.cutouts = deal(photos.cutouts(cutout_folders, np.random.default_rng(6), counts["cutouts"])) if cutout_folders else []
    _BANK = bank
    makers = [m for m in screens.SCREENS for _ in range(counts["screen"])] + [m for m in DRAWN for _ in range(counts["pattern"])]
    makers = [m for m in makers if not only or m.__name__ in only]
    scene_jobs = [(int(s), m) for s, m in zip(rng.integers(1 << 60, size=len(makers)), makers)]
    bank.captions = [_caption(rng) for _ in range(120)]
    names = [n for n in ("qr", "mini", "reward", "round", "channels", "other") for _ in range(counts[n])]
    code_jobs = [(int(s), n) for s, n in zip(rng.integers(1 << 60, size=len(names)), names)]
    with ProcessPoolExecutor(workers) as pool:
        bank.scenes = list(pool.map(_draw_scene, scene_jobs, chunksize=8))
        for symbol in pool.map(_draw_code, code_jobs, chunksize=32):
            bank.codes.setdefault(symbol.cls, []).append(symbol)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        pickle.dump(bank, file, protocol=5)
    return bank


def load(path):
    """Reads a bank written by `build`. Only for files made here: the format can run code."""
    with open(path, "rb") as file:
        return pickle.load(file)
