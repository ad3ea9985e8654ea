"""Validation.

    python check.py patches runs/final/weights.pt data            held-out generated patches, by kind
    python check.py folder runs/final/weights.pt DIR --csv x.csv   real pictures: DIR/index.csv has path,label,source
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from pyramid import confirm, decode, detect, open_model, read_grey, shared, suppress
from synth.patch import POSITIVE, TAGS
from synth.symbol import CLASSES, OTHER

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
FINE = (0.5, 0.6, 0.63, 0.66, 0.69, 0.71, 0.74)  # for confirmed scores, which lie closer together
CANDIDATE, MOST_CANDIDATES = 0.3, 3
SIZES = ((24, 32), (32, 48), (48, 80), (80, 141))


@torch.no_grad()
def patches(model, folder):
    """Recall of codes by class, size and damage; false alarms by scene; classes taken for one another."""
    shards = [np.load(f) for f in sorted(folder.glob("validation-*.npz"))]
    images, labels, kinds = (np.concatenate([shard[name] for shard in shards]) for name in ("images", "labels", "kinds"))
    best = defaultdict(list)  # group -> scores of codes
    alarms = defaultdict(list)  # scene -> highest QR-like score without a code
    confusion = np.zeros((4, 5), int)
    errors, angles = [], []
    for at in range(0, len(images), 100):
        output = model(torch.from_numpy(images[at:at + 100]).float().unsqueeze(1) / 255).numpy()
        for i, map_ in enumerate(output, at):
            rows = labels[i][labels[i][:, 7] > 0]
            found = suppress(decode(map_, 0.05))
            if not len(rows):
                codes = found[found[:, 5] != OTHER]
                alarms[kinds[i]].append(codes[:, 4].max(initial=0.0))
                alarms["all"].append(alarms[kinds[i]][-1])
                continue
            for row in rows[rows[:, 7] == POSITIVE]:
                hits = found[shared(row, found)[0] > 0.4] if len(found) else found
                score = hits[:, 4].max(initial=0.0)
                top = hits[hits[:, 4].argmax()] if len(hits) else None
                cls, size, tags = int(row[4]), max(row[2:4] - row[:2]), int(row[8])
                confusion[cls, int(top[5]) if top is not None and score >= 0.5 else 4] += 1
                best[f"class {CLASSES[cls]}"].append(score)
                if cls == OTHER:
                    continue
                best["all codes"].append(score)
                for low, high in SIZES:
                    if low <= size < high:
                        best[f"size {low}-{high}"].append(score)
                for bit, tag in enumerate(TAGS):
                    if tags >> bit & 1:
                        best[tag].append(score)
                if top is not None and score >= 0.5:
                    errors.append(shared(row, top[None])[0][0])
                    if cls == 0:
                        turn = 4 * top[6] - np.arctan2(row[6], row[5])
                        angles.append(abs(np.angle(np.exp(1j * turn))) / 4)
    print("codes found (score, with IoU over 0.4) at " + " ".join(f"{t:7}" for t in THRESHOLDS))
    for name, scores in best.items():
        scores = np.array(scores)
        print(f"  {name:28} {len(scores):6} " + " ".join(f"{(scores >= t).mean():7.3f}" for t in THRESHOLDS))
    print("patches without a code that show one at")
    for name, scores in sorted(alarms.items()):
        scores = np.array(scores)
        print(f"  {name:28} {len(scores):6} " + " ".join(f"{(scores >= t).mean():7.4f}" for t in THRESHOLDS))
    print("class drawn (row) and seen at 0.5: " + " ".join(f"{c:>13}" for c in CLASSES + ("nothing",)))
    for name, row in zip(CLASSES, confusion):
        print(f"  {name:28}" + " " * 7 + " ".join(f"{v:13}" for v in row))
    print(f"median IoU {np.median(errors):.3f}, median angle error of QR codes {np.rad2deg(np.median(angles)):.1f} degrees")


def folder(model, root, table):
    """Highest score of a code and of another kind of code in every picture of a folder, by source."""
    groups, rows = defaultdict(list), []
    with open(root / "index.csv", newline="", encoding="utf-8") as file:
        for entry in csv.DictReader(file):
            grey = read_grey(root / entry["path"])
            if grey is None:
                print("unreadable:", entry["path"])
                continue
            found = confirm(model, grey, detect(model, grey, CANDIDATE)[:MOST_CANDIDATES])
            code, other = (found[(found[:, 5] == OTHER) == flag] for flag in (False, True))
            score, against = code[:, 4].max(initial=0.0), other[:, 4].max(initial=0.0)
            groups[entry["label"]].append(score)
            groups[f"{entry['label']} / {entry['source']}"].append(score)
            box = code[0].round(3).tolist() if len(code) else []
            rows.append([entry["path"], entry["label"], entry["source"], f"{score:.4f}", f"{against:.4f}", *box[:4], *box[5:6]])
    print(f"{'pictures with a QR-like or round code seen at':46}" + " ".join(f"{t:7}" for t in FINE))
    for name, scores in sorted(groups.items()):
        scores = np.array(scores)
        print(f"  {name:36} {len(scores):6} " + " ".join(f"{(scores >= t).mean():7.3f}" for t in FINE))
    if table:
        with open(table, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["path", "label", "source", "score", "other", "x0", "y0", "x1", "y1", "class"], *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("patches", "folder"))
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, help="write every picture's score here")
    args = parser.parse_args()
    model = open_model(args.weights)
    if args.what == "patches":
        patches(model, args.folder)
    else:
        folder(model, args.folder, args.csv)


if __name__ == "__main__":
    main()
