"""Draws the banks and writes training patches as numpy shards.

    python generate.py --out data --patches 120000 --validation 6000

The same seed gives the same patches, whatever the number of worker processes.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from synth import bank as banks
from synth.patch import FIELDS, SIDE, SLOTS, Composer

SHARD = 1000  # patches a file
COUNTS = {"icons": 1500, "cutouts": 3000, "screen": 50, "pattern": 64, "qr": 2800, "mini": 800, "reward": 100, "round": 500, "channels": 700, "other": 700}
_composer = None


def _open_bank(path):
    global _composer
    cv2.setNumThreads(1)
    _composer = Composer(banks.load(path))


def write_whole(path, **arrays):
    """Writes a shard under another name first: a training that runs meanwhile takes only whole files."""
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        np.savez(file, **arrays)
    part.rename(path)


def _write_shard(job):
    path, seed, count, with_code = job
    images = np.empty((count, SIDE, SIDE), np.uint8)
    labels = np.empty((count, SLOTS, FIELDS), np.float32)
    kinds = []
    for i in range(count):
        images[i], labels[i], kind = _composer.patch((seed, i), (i % 100) < with_code * 100)
        kinds.append(kind)
    write_whole(path, images=images, labels=labels, kinds=np.array(kinds))
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--patches", type=int, default=120_000)
    parser.add_argument("--validation", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-shard", type=int, default=0, help="number of the first training shard, to add to a set")
    parser.add_argument("--with-code", type=float, default=0.5, help="share of patches with a code")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--photos", nargs="*", default=list(banks.photos.DEFAULT_FOLDERS))
    parser.add_argument("--cutouts", nargs="*", default=["/usr/share/openclipart/png", "/usr/share/tuxpaint/stamps"])
    parser.add_argument("--icons", default="/usr/share/icons/Papirus/64x64")
    parser.add_argument("--kinds", nargs="*", default=(), help="scenes of these kinds only (functions in synth), where a network is to see more of them")
    parser.add_argument("--scenes", type=int, default=COUNTS["pattern"], help="look-alikes of a kind in the bank")
    parser.add_argument("--redraw", action="store_true", help="draw the banks anew")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # before any fork: a forked copy of a thread pool would wait for ever
    for split, count, first in (("train", args.patches, args.first_shard), ("validation", args.validation, 0)):
        path = args.out / f"bank-{split}.pickle"
        validation = split == "validation"
        if args.redraw or not path.exists():
            start = time.time()
            wanted = COUNTS | {"pattern": args.scenes}
            counts = {k: (v if not validation or k in ("icons", "cutouts") else max(8, v // 5)) for k, v in wanted.items()}
            banks.build(path, args.seed + 77 * validation, counts, args.photos, args.cutouts, args.icons, args.workers, validation, args.kinds)
            print(f"{path.name}: {time.time() - start:.0f} s", flush=True)
        shards = range(first, first + -(-count // SHARD))
        jobs = [(args.out / f"{split}-{i:04}.npz", args.seed * 1_000_003 + validation * 500_000 + i, min(SHARD, count), args.with_code) for i in shards]
        jobs = [job for job in jobs if not job[0].exists()]
        start, done = time.time(), 0
        with ProcessPoolExecutor(args.workers, initializer=_open_bank, initargs=(path,)) as pool:
            for n in pool.map(_write_shard, jobs):
                done += n
                print(f"{split}: {done} patches, {done / (time.time() - start):.0f} a second", flush=True)


if __name__ == "__main__":
    main()
