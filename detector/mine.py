"""Finds hard negatives: draws patches without a code and keeps those in which the network sees one.

    python mine.py runs/first/weights.pt --data data --out data/mined --keep 20000

The kept patches are shards like those of generate.py and are trained on together with them.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch

from generate import write_whole
from pyramid import open_model
from synth import bank as banks
from synth.patch import FIELDS, SLOTS, Composer

BATCH = 200
_state = {}


def _open(weights, bank):
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    _state["composer"] = Composer(banks.load(bank))
    _state["model"] = open_model(weights)


def _hunt(job):
    seed, threshold = job
    drawn = [_state["composer"].patch((seed, i), False) for i in range(BATCH)]
    images = np.stack([image for image, _, _ in drawn])
    with torch.no_grad():
        scores = torch.sigmoid(_state["model"](torch.from_numpy(images).float().unsqueeze(1) / 255)[:, :4]).amax((1, 2, 3))
    hard = (scores >= threshold).nonzero().flatten().tolist()
    return images[hard], [drawn[i][2] for i in hard], BATCH


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/mined"))
    parser.add_argument("--keep", type=int, default=20_000)
    parser.add_argument("--most", type=int, default=400_000, help="patches to draw at most")
    parser.add_argument("--threshold", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    jobs = [(args.seed * 7_000_003 + i, args.threshold) for i in range(args.most // BATCH)]
    images, kinds, drawn = [], [], 0
    with ProcessPoolExecutor(args.workers, initializer=_open, initargs=(args.weights, args.data / "bank-train.pickle")) as pool:
        for found, kind, count in pool.map(_hunt, jobs):
            drawn += count
            images.extend(found)
            kinds.extend(kind)
            if len(images) >= args.keep:
                pool.shutdown(cancel_futures=True)
                break
    labels = np.zeros((len(images), SLOTS, FIELDS), np.float32)
    write_whole(args.out / f"train-mined-{args.seed}.npz", images=np.stack(images), labels=labels, kinds=np.array(kinds))
    names, counts = np.unique(kinds, return_counts=True)
    print(f"{len(images)} of {drawn} kept; most from " + ", ".join(f"{names[i]} {counts[i]}" for i in np.argsort(-counts)[:12]))


if __name__ == "__main__":
    main()
