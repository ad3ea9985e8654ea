"""Draws training data: strips of one line each for the recogniser, whole patches for the finder, in shards of `.npz`.

    python generate.py --out data --strips 120000 --scenes 12000 [--validation] [--seed 0]
"""

import argparse
from pathlib import Path

import numpy as np

from synth import fonts, lines, photos, scenes

STRIPS, SCENES = 2000, 250  # of one shard


def strips(rng, shard, known, grounds):
    """One shard of strips: their pixels side by side, their widths, their texts, and the sides of all characters in order."""
    pictures, texts, sides = zip(*(lines.strip(rng, known, grounds) for _ in range(STRIPS)))
    widths = np.array([picture.shape[1] for picture in pictures], np.int32)
    np.savez(shard, pixels=np.hstack(pictures), widths=widths, texts=np.array(texts), sides=np.concatenate(sides).astype(np.float32))


def patches(rng, shard, known, grounds):
    """One shard of patches with their targets."""
    drawn = [scenes.scene(rng, known, grounds) for _ in range(SCENES)]
    np.savez(shard, pictures=np.stack([picture for picture, _ in drawn]), targets=np.stack([scenes.target(quads) for _, quads in drawn]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--strips", type=int, default=0)
    arguments.add_argument("--scenes", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--validation", action="store_true", help="draw with the fonts that training never sees")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    known, grounds = fonts.fonts(given.validation), photos.photos()
    split = "validation" if given.validation else "training"
    for what, draw, count, size in (("strips", strips, given.strips, STRIPS), ("scenes", patches, given.scenes, SCENES)):
        for number in range((count + size - 1) // size):
            shard = given.out / f"{split}-{what}-{given.seed:04d}-{number:04d}.npz"
            if shard.exists():
                continue
            part = shard.with_suffix(".part.npz")
            draw(np.random.default_rng([given.seed, number, len(what), given.validation]), part, known, grounds)
            part.rename(shard)
            print(shard.name, flush=True)


if __name__ == "__main__":
    main()
