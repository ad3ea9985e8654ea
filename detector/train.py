"""Trains the detector on shards made by generate.py.

    python train.py --data data --out runs/final --minutes 50

Runs on the CPU (bfloat16 where the processor has it) or on a GPU. Time, not epochs, sets the schedule, so that the run
ends when it should on any machine.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch

from net import Detector
from targets import loss

class Shards:
    """The patches in memory. New files are taken up while the training runs; the oldest go when there are too many."""

    def __init__(self, folders, split, most):
        self.folders, self.split, self.most = folders, split, most
        self.seen, self.parts = set(), []
        self.refresh()
        if not self.parts:
            raise SystemExit(f"no {split} shards in {', '.join(map(str, folders))}: run generate.py first")

    def refresh(self):
        new = [f for folder in self.folders for f in sorted(folder.glob(f"{self.split}-*.npz")) if f not in self.seen]
        for file in new:
            self.seen.add(file)
            with np.load(file) as shard:
                self.parts.append((torch.from_numpy(shard["images"]), torch.from_numpy(shard["labels"])))
        while len(self.parts) > 1 and sum(len(images) for images, _ in self.parts) > self.most:
            self.parts.pop(0)
        self.ends = np.cumsum([len(images) for images, _ in self.parts])

    def __len__(self):
        return int(self.ends[-1])

    def batch(self, size, generator):
        picks = torch.randint(len(self), (size,), generator=generator).numpy()
        places = [(s, int(i - (self.ends[s - 1] if s else 0))) for s, i in zip(np.searchsorted(self.ends, picks, side="right"), picks)]
        return tuple(torch.stack([self.parts[s][field][i] for s, i in places]) for field in (0, 1))


def turn(images, labels, quarter, mirror):
    """Rotates by quarter turns and mirrors a batch together with its labels: a mirrored code is still a code."""
    side = float(images.shape[-1])
    labels = labels.clone()
    if mirror:
        images = images.flip(-1)
        labels[..., [0, 2]] = side - labels[..., [2, 0]]
        labels[..., 6] = -labels[..., 6]
    for _ in range(quarter):  # a quarter counter-clockwise: (x, y) goes to (y, side - x)
        images = images.rot90(1, (-2, -1))
        x0, y0, x1, y1 = (labels[..., i].clone() for i in range(4))
        labels[..., 0], labels[..., 1], labels[..., 2], labels[..., 3] = y0, side - x1, y1, side - x0
    return images, labels


def augment(images, labels, generator):
    """Bytes to 0..1 with a turn for the batch, a gain, an offset and sometimes an inversion for each patch."""
    quarter, mirror = (int(torch.randint(n, (1,), generator=generator)) for n in (4, 2))
    images, labels = turn(images, labels, quarter, mirror)
    x = images.float().unsqueeze(1) / 255
    n = len(x)
    rand = lambda: torch.rand(n, 1, 1, 1, generator=generator)
    x = torch.where(rand() < 0.08, 1 - x, x)
    x = (x - 0.5) * (0.7 + 0.45 * rand()) + 0.5 + 0.2 * (rand() - 0.5)
    return x.clamp(0, 1), labels


def rate_at(most, step, done):
    """The learning rate: a short start, then a cosine to a hundredth. `done`: the share of the time that is over."""
    return most * min(1.0, (step + 1) / 300) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


def options(doc, data, out, minutes, batch, rate):
    """The options that trainings have, with their defaults."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", default=[Path(data)])
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    return parser


def prepare(network, args, decay):
    """The device, a network to train on it and its optimiser. Only what multiplies decays."""
    args.out.mkdir(parents=True, exist_ok=True)
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = network().to(device, memory_format=torch.channels_last)
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True))
    groups = [{"params": [p for p in model.parameters() if (p.ndim > 1) == many], "weight_decay": decay * many} for many in (True, False)]
    return device, model, torch.optim.AdamW(groups, args.rate)


class Average:
    """Exponential moving average of the weights: what is exported."""

    def __init__(self, model, decay=0.9985):
        self.model, self.decay, self.steps = copy.deepcopy(model).eval(), decay, 0

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for ours, theirs in zip(self.model.state_dict().values(), model.state_dict().values()):
            if ours.dtype.is_floating_point:
                ours.lerp_(theirs, 1 - decay)
            else:
                ours.copy_(theirs)


def main():
    parser = options(__doc__, "data", "runs/final", minutes=50, batch=96, rate=4e-3)
    parser.add_argument("--most", type=int, default=220_000, help="patches held in memory (37 KB each)")
    args = parser.parse_args()
    generator = torch.Generator().manual_seed(args.seed)
    shards = Shards(args.data, "train", args.most)
    device, model, optimizer = prepare(Detector, args, decay=0.02)
    average = Average(model)
    print(f"{len(shards)} patches, {sum(p.numel() for p in model.parameters())} weights, {device}", flush=True)
    begun, step, shown, sums = time.time(), 0, time.time(), {}
    while True:
        done = (time.time() - begun) / (60 * args.minutes)
        if done >= 1:
            break
        rate = rate_at(args.rate, step, done)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch, rows = shards.batch(args.batch, generator)
        x, rows = augment(batch, rows, generator)
        x = x.to(device).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16):
            output = model(x)
        value, parts = loss(output.cpu(), rows)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        step += 1
        for name, part in parts.items():
            sums[name] = sums.get(name, 0.0) + part
        if step % 200 == 0:
            speed = 200 * args.batch / (time.time() - shown)
            print(f"{done:6.1%} step {step} of {len(shards)} patches, rate {rate:.5f} " + " ".join(f"{k} {v / 200:.4f}" for k, v in sums.items()) + f" {speed:.0f} patches/s", flush=True)
            shown, sums = time.time(), {}
        if step % 400 == 0:
            shards.refresh()
        if step % 1000 == 0:
            torch.save(average.model.state_dict(), args.out / "weights.pt")
    torch.save(average.model.state_dict(), args.out / "weights.pt")
    print(f"{step} steps, {step * args.batch} patches in {(time.time() - begun) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
