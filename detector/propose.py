"""Draws patches, lets the detector propose codes in them, and writes which proposals are codes.

    python propose.py runs/final/weights.pt --data data --out data/proposed --patches 160000
    python propose.py runs/final/weights.pt --data data --out data/fooled --patches 200000 --confirmer runs/confirm/weights.pt

Each shard holds patches and rows (patch, x0, y0, x1, y1, class, score, tags): class is that of a code, or NOTHING where
the detector was fooled. Codes that it missed stand with their true box and a score of 0. The confirming network is
trained on these (confirm.py). With `--confirmer` only what fools that network too is kept: hard negatives.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch

from confirm import NOTHING, Confirmer, sureness
from generate import write_whole
from pyramid import decode, open_model, shared, suppress
from synth import bank as banks
from synth.patch import POSITIVE, Composer
from synth.symbol import CHANNELS
from views import halved, view

SHARD, BATCH = 2000, 100
LEAST = 0.12  # proposals of a lower score are of no interest
MOST_FOOLED = 5  # of a patch
LOOKS, FOOLED = (0.0, 0.6), -1.5  # turns in which the confirming network looks, and what it says of what fools it
_state = {}


def _open(weights, bank, confirmer, only, kinds):
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    bank = banks.load(bank)
    bank.only = tuple(kinds)
    _state["composer"] = Composer(bank, only)
    _state["model"] = open_model(weights)
    _state["confirmer"] = confirmer and open_model(confirmer, Confirmer)


def rows_of(found, labels, rng):
    """What a patch teaches: rows (x0, y0, x1, y1, class, score, tags)."""
    labels = labels[labels[:, 7] > 0]
    rows = []
    for label in labels[labels[:, 7] == POSITIVE]:
        joint, _ = shared(label, found) if len(found) else (np.zeros(0), None)
        best = found[joint.argmax()] if len(found) and joint.max() > 0.45 else None
        box, score = (best[:4], best[4]) if best is not None else (label[:4], 0.0)
        rows.append([*box, label[4], score, label[8]])
    fooled = 0
    for box in found:
        if len(labels):
            joint, inside = shared(box, labels)
            _, around = shared(labels[joint.argmax()], box[None])
            if joint.max() > 0.1 or inside.max() > 0.3 or around.max() > 0.3:
                continue  # a code, a part of one, or several
        if fooled < MOST_FOOLED:
            rows.append([*box[:4], NOTHING, box[4], 0])
            fooled += 1
    if not rows and not len(labels) and rng.random() < 0.06:  # something plain now and then
        side = float(np.exp(rng.uniform(np.log(24), np.log(140))))
        x, y = rng.uniform(0, 192 - side, 2)
        rows.append([x, y, x + side, y + side, NOTHING, 0.0, 0])
    return rows


def still_fooled(image, rows):
    """Those of a patch's rows of which the confirming network says that they are codes, or nearly."""
    if not rows:
        return rows
    half = halved(image)
    looks = [[view(image, half, row[:4], turn=turn) for row in rows] for turn in LOOKS]
    x = torch.from_numpy(np.array(looks)).float().flatten(0, 1).unsqueeze(1) / 255
    sure = sureness(_state["confirmer"](x)).view(len(LOOKS), len(rows)).mean(0)
    return [row for row, value in zip(rows, sure) if value > FOOLED]


@torch.no_grad()
def _shard(job):
    path, seed, with_code = job
    images, rows = [], []
    for start in range(0, SHARD, BATCH):
        drawn = [_state["composer"].patch((seed, start + i), (start + i) % 100 < 100 * with_code) for i in range(BATCH)]
        batch = np.stack([image for image, _, _ in drawn])
        maps = _state["model"](torch.from_numpy(batch).float().unsqueeze(1) / 255).numpy()
        for i, map_ in enumerate(maps):
            rng = np.random.default_rng((seed, start + i, 5))
            taught = rows_of(suppress(decode(map_, LEAST)), drawn[i][1], rng)
            if _state["confirmer"]:
                taught = still_fooled(batch[i], taught)
            if taught:
                rows.extend([len(images), *row] for row in taught)
                images.append(batch[i])
    write_whole(path, images=np.stack(images or [np.zeros_like(batch[0])]), rows=np.array(rows, np.float32).reshape(-1, 8))
    return SHARD, len(rows), int(sum(row[5] == NOTHING for row in rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/proposed"))
    parser.add_argument("--split", default="train", choices=("train", "validation"))
    parser.add_argument("--patches", type=int, default=160_000)
    parser.add_argument("--with-code", type=float, default=0.34, help="share of patches with a code (with --confirmer: none)")
    parser.add_argument("--confirmer", type=Path, help="weights of a confirming network: only what fools it is kept")
    parser.add_argument("--channels", action="store_true", help="draw no codes but Channels codes")
    parser.add_argument("--kinds", nargs="*", default=(), help="scenes of these kinds and photos only")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    seed = args.seed * 9_000_011 + (args.split == "validation") * 500_000
    jobs = [(args.out / f"{args.split}-{args.seed}-{i:04}.npz", seed + i, 0.0 if args.confirmer else args.with_code) for i in range(-(-args.patches // SHARD))]
    jobs = [job for job in jobs if not job[0].exists()]
    start, done, rows, fooled = time.time(), 0, 0, 0
    with ProcessPoolExecutor(args.workers, initializer=_open, initargs=(args.weights, args.data / f"bank-{args.split}.pickle", args.confirmer, CHANNELS if args.channels else None, args.kinds)) as pool:
        for counts in pool.map(_shard, jobs):
            done, rows, fooled = done + counts[0], rows + counts[1], fooled + counts[2]
            print(f"{done} patches, {rows} proposals, {fooled} of nothing, {done / (time.time() - start):.0f} patches a second", flush=True)


if __name__ == "__main__":
    main()
