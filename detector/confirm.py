"""Trains the confirming network: is what the detector proposes a code, and of what kind?

    python confirm.py --data data/proposed --out runs/confirm --minutes 42
    python confirm.py --data data/proposed data/fooled --start runs/confirm/weights.pt --rate 1e-3 --minutes 13 --out runs/last

The detector must be quick, for it looks everywhere; this one looks at a few places only, at one size (views.py), so it
may look closely. Time, not epochs, sets the schedule.
"""

import threading
import time
from queue import Queue

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from net import conv
from train import Average, options, prepare, rate_at
from views import CODE, VIEW, halved, view

NOTHING = 4
OUTCOMES = 6  # QR, mini-program code, round code, other barcode, nothing, Channels code
FOR_VIEWERS, REST = [0, 1, 2, 5], [3, NOTHING]


class Pair(nn.Module):
    """Two 3x3 convolutions, added to the input."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels, 3), conv(channels, channels, 3, relu=False))
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(x + self.body(x))


class Confirmer(nn.Module):
    """`[n, 1, 112, 112]` luma in 0..1 to `[n, 6]` logits."""

    def __init__(self, widths=(16, 32, 64, 96), outcomes=OUTCOMES):
        super().__init__()
        fine, mid, deep, wide = widths
        self.body = nn.Sequential(
            conv(1, fine, 5, 2), conv(fine, mid, 3, 2), Pair(mid), conv(mid, deep, 3, 2), Pair(deep), Pair(deep),
            conv(deep, wide, 3, 2), Pair(wide),
        )
        self.head = nn.Linear(wide, outcomes)

    def forward(self, image):
        return self.head(self.body(image).mean((2, 3)))


class Proposals:
    """The shards in memory. New files are taken up while the training runs."""

    def __init__(self, folders, split):
        self.folders, self.split, self.seen = folders, split, set()
        self.images, self.halves, self.rows, self.count = [], [], [], 0
        self.hard = np.zeros((0, 8))
        self.refresh()
        if not self.count:
            raise SystemExit(f"no {split} shards in {', '.join(map(str, folders))}: run propose.py first")

    def refresh(self):
        for file in (f for folder in self.folders for f in sorted(folder.glob(f"{self.split}-*.npz")) if f not in self.seen):
            self.seen.add(file)
            with np.load(file) as shard:
                rows = shard["rows"].astype(np.float64)
                rows[:, 0] += self.count
                self.images.extend(shard["images"])
            self.halves.extend(halved(image) for image in self.images[self.count:])
            self.count = len(self.images)
            if (rows[:, 5] == NOTHING).all():  # what fooled this network, too
                self.hard = np.concatenate([self.hard, rows])
            else:
                self.rows.append(rows)
        rows = np.concatenate(self.rows or [np.zeros((0, 8))])
        none = rows[:, 5] == NOTHING
        self.codes, self.fooled = rows[~none], rows[none]

    def pick(self, size, share, rng):
        """Rows: that share of what fooled the detector (a third of it hard, where there is such), the rest codes."""
        count = int(size * share)
        hard = count // 3 if len(self.hard) else 0
        sizes = ((self.fooled, count - hard), (self.hard, hard), (self.codes, size - count))
        return np.concatenate([rows[rng.integers(max(1, len(rows)), size=wanted)] for rows, wanted in sizes])

    def batch(self, size, rng, share=0.55):
        return self.views(self.pick(size, share, rng), rng)

    def views(self, rows, rng):
        """Each row's view at some size and turn, and its class."""
        views = np.empty((len(rows), VIEW, VIEW), np.uint8)
        for i, row in enumerate(rows):
            at, box = int(row[0]), row[1:5].copy()
            side = max(box[2] - box[0], box[3] - box[1])
            box += side * np.tile(rng.normal(0, 0.04, 2), 2)
            turn = rng.uniform(-0.85, 0.85) if rng.random() < 0.6 else 0.0
            turn += rng.integers(4) * np.pi / 2
            views[i] = view(self.images[at], self.halves[at], box, CODE * float(np.exp(rng.normal(0, 0.14))), turn, rng.random() < 0.5)
        return views, rows[:, 5].astype(np.int64)


def augment(views, rng):
    """Bytes to 0..1 with a gain, an offset and sometimes an inversion for each."""
    x = torch.from_numpy(views).float().unsqueeze(1) / 255
    shape = (len(x), 1, 1, 1)
    value = lambda low, high: torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))
    x = torch.where(torch.from_numpy(rng.random(shape) < 0.08), 1 - x, x)
    return ((x - 0.5) * value(0.6, 1.15) + 0.5 + value(-0.12, 0.12)).clamp(0, 1)


def feed(proposals, queue, size, seed):
    rng = np.random.default_rng(seed)
    while True:
        views, classes = proposals.batch(size, rng)
        queue.put((augment(views, rng), torch.from_numpy(classes)))


def sureness(logits):
    """How much more likely a code for viewers is than nothing or another barcode."""
    codes = [outcome for outcome in FOR_VIEWERS if outcome < logits.shape[1]]  # older networks know no Channels codes
    return torch.logsumexp(logits[:, codes], 1) - torch.logsumexp(logits[:, REST], 1)


@torch.no_grad()
def validate(model, proposals, looks=((72, 0.0), (62, 0.4), (82, -0.6))):
    """Prints recall by the share of what fools the detector (score 0.35 and more) and fools this one too."""
    rows = np.concatenate([proposals.fooled, proposals.codes])
    total = torch.zeros(len(rows))
    for size, turn in looks:
        for start in range(0, len(rows), 256):
            part = rows[start:start + 256]
            views = np.stack([view(proposals.images[int(r[0])], proposals.halves[int(r[0])], r[1:5], size, turn) for r in part])
            total[start:start + 256] += sureness(model(torch.from_numpy(views).float().unsqueeze(1) / 255)) / len(looks)
    total, classes, scores = total.numpy(), rows[:, 5], rows[:, 6]
    seen = scores >= 0.35
    fooled, codes = (classes == NOTHING) & seen, np.isin(classes, FOR_VIEWERS) & seen
    for share in (0.1, 0.05, 0.02, 0.01, 0.005):
        at = np.quantile(total[fooled], 1 - share)
        first = np.quantile(scores[fooled], 1 - share)
        other = (total[(classes == 3) & seen] > at).mean()
        print(f"  fooled {share:6.1%} of {fooled.sum()}: above {at:5.2f}, codes {(total[codes] > at).mean():.4f} of {codes.sum()} (detector alone {(scores[codes] > first).mean():.4f}), other codes {other:.3f}", flush=True)


def main():
    args = options(__doc__, "data/proposed", "runs/confirm", minutes=45, batch=128, rate=2e-3).parse_args()
    cv2.setNumThreads(1)
    proposals = Proposals(args.data, "train")
    held = Proposals(args.data, "validation")
    device, model, optimizer = prepare(Confirmer, args, decay=0.03)
    average = Average(model)
    queue = Queue(8)
    threading.Thread(target=feed, args=(proposals, queue, args.batch, args.seed), daemon=True).start()
    print(f"{len(proposals.codes)} codes, {len(proposals.fooled)} and {len(proposals.hard)} of nothing, {sum(p.numel() for p in model.parameters())} weights", flush=True)
    begun, step, total, right = time.time(), 0, 0.0, 0.0
    while (done := (time.time() - begun) / (60 * args.minutes)) < 1:
        rate = rate_at(args.rate, step, done)
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, classes = queue.get()
        x, classes = x.to(device).contiguous(memory_format=torch.channels_last), classes.to(device)
        with torch.autocast(device, torch.bfloat16):
            logits = model(x)
        loss = functional.cross_entropy(logits.float(), classes, label_smoothing=0.02)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        step, total, right = step + 1, total + loss.item(), right + ((logits.argmax(1) == NOTHING) == (classes == NOTHING)).float().mean().item()
        if step % 200 == 0:
            speed = step * args.batch / (time.time() - begun)
            print(f"{done:6.1%} step {step}, rate {rate:.5f}, loss {total / 200:.4f}, right {right / 200:.4f}, {speed:.0f} views/s, {len(proposals.codes)}+{len(proposals.fooled)}", flush=True)
            total, right = 0.0, 0.0
        if step % 400 == 0:
            proposals.refresh()
        if step % 2000 == 0:
            torch.save(average.model.state_dict(), args.out / "weights.pt")
            validate(average.model, held)
    torch.save(average.model.state_dict(), args.out / "weights.pt")
    validate(average.model, held)
    print(f"{step} steps, {step * args.batch} views in {(time.time() - begun) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
