"""Trains one of the two networks on drawn shards. New shards are taken up while it runs.

    python train.py recogniser --data data --out runs/recogniser --minutes 60 [--start runs/x/weights.pt] [--rate 2e-3]
    python train.py finder --data data --out runs/finder --minutes 30
"""

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from net import Finder, Recogniser
from synth.texts import ALPHABET

CLASSES = {c: i + 1 for i, c in enumerate(ALPHABET + " ")}  # 0 is the blank
EITHER = -100  # a step that may say the character beside it or nothing


def shards(folder, split, what):
    """The finished shards of a sort."""
    return sorted(p for p in folder.glob(f"{split}-{what}-*.npz") if ".part" not in p.name)


def encoded(text):
    """A text as classes."""
    return [CLASSES[c] for c in text]


def strip_batches(path, rng, size, shake=True):
    """Batches of strips of like width: `(strips, texts, what each step should say)`."""
    with np.load(path) as shard:
        pixels, widths, texts, sides = shard["pixels"], shard["widths"], shard["texts"], shard["sides"]
    starts = np.concatenate([[0], np.cumsum(widths)])
    firsts = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
    order = np.argsort(widths + rng.uniform(0, 24, len(widths)))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    for index in rng.permutation(len(groups)) if shake else range(len(groups)):
        group = groups[index]
        widest = (int(widths[group].max()) + 11) // 4 * 4
        batch = np.empty((len(group), 1, 32, widest), np.float32)
        steps = np.empty((len(group), widest // 4), np.int64)
        for row, i in enumerate(group):
            strip = pixels[:, starts[i] : starts[i + 1]].astype(np.float32) / 127.5 - 1
            if shake:
                strip = shaken(strip, rng)
            batch[row, 0, :, : strip.shape[1]] = strip
            batch[row, 0, :, strip.shape[1] :] = strip[:, -1:]
            steps[row] = said(str(texts[i]), sides[firsts[i] : firsts[i + 1]], widest // 4)
        yield torch.from_numpy(batch), [str(texts[i]) for i in group], torch.from_numpy(steps)


def said(text, sides, count):
    """What each of `count` steps should say: a class near a character's middle, blank between characters, else `EITHER`."""
    places = np.arange(count) * 4 + 1.5
    steps = np.full(count, EITHER, np.int64)
    steps[(places < sides[0, 0] - 3) | (places > sides[-1, 1] + 3)] = 0
    for (_, right), (left, _) in zip(sides, sides[1:]):
        steps[np.abs(places - (left + right) / 2) < max(1.0, (left - right) / 2)] = 0
    for c, (left, right) in zip(encoded(text), sides):
        away = np.abs(places - (left + right) / 2)
        steps[away <= max(0.22 * (right - left), away.min())] = c
    return steps


def shaken(strip, rng):
    """Lighter, darker, inverted, with other contrast, cut a little differently."""
    if rng.random() < 0.3:
        strip = -strip
    if rng.random() < 0.5:
        strip = np.clip(strip * rng.uniform(0.4, 1.3) + rng.uniform(-0.4, 0.4), -1, 1)
    if rng.random() < 0.3:
        strip = np.roll(strip, int(rng.integers(-2, 3)), axis=0)
    return strip


def read(logits, blank=0):
    """The texts that logits of steps stand for, the likeliest class a step."""
    characters = ALPHABET + " "
    texts = []
    for row in logits.argmax(-1).tolist():
        kept = [c for c, before in zip(row, [blank] + row[:-1]) if c not in (blank, before)]
        texts.append("".join(characters[c - 1] for c in kept))
    return texts


def distance(a, b):
    """How many edits make one text another."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i] + [0] * len(b), row
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
    return row[-1]


def recogniser_loss(model, batch):
    """The loss of CTC a character, and the cross entropy of those steps whose answer is known, which tells it where to look."""
    strips, texts, said_ = batch
    logits = model(strips.to(memory_format=torch.channels_last)).float()
    steps = logits.log_softmax(-1).transpose(0, 1)
    wanted = torch.tensor([c for text in texts for c in encoded(text)])
    lengths = torch.tensor([len(text) for text in texts])
    whole = functional.ctc_loss(steps, wanted, torch.full((len(texts),), len(steps)), lengths, zero_infinity=True)
    return whole + functional.cross_entropy(logits.flatten(0, 1), said_.flatten(), ignore_index=EITHER)


def scene_batches(path, rng, size, shake=True):
    """Batches of patches: `(pictures, targets)`."""
    with np.load(path) as shard:
        pictures, targets = shard["pictures"], shard["targets"]
    order = rng.permutation(len(pictures))
    for i in range(0, len(order), size):
        batch = pictures[order[i : i + size]].astype(np.float32) / 127.5 - 1
        wanted = targets[order[i : i + size]].astype(np.float32) / 255
        if shake and rng.random() < 0.3:
            batch = -batch
        if shake and rng.random() < 0.5:
            batch = batch[..., rng.permutation(3)]
        yield torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2))), torch.from_numpy(wanted)[:, None]


def finder_loss(model, batch):
    """Cross entropy over the hardest places and as many of text, and what kernels and answer do not share."""
    pictures, wanted = batch
    logits = model(pictures.to(memory_format=torch.channels_last)).float()
    each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    inside = wanted.sum()
    hardest = (each * (wanted == 0)).flatten().topk(int(min(3 * inside + 200 * len(wanted), (wanted == 0).sum()))).values
    entropy = ((each * (wanted > 0)).sum() + hardest.sum()) / ((wanted > 0).sum() + len(hardest))
    answer = logits.sigmoid()
    shared = 2 * (answer * wanted).sum((1, 2, 3)) + 1
    return entropy + (1 - shared / (answer.sum((1, 2, 3)) + wanted.sum((1, 2, 3)) + 1)).mean()


def judge_recogniser(model, folder, most=3):
    """Share of characters read rightly with fonts that were never seen."""
    wrong = total = exact = rows = 0
    rng = np.random.default_rng(0)
    for shard in shards(folder, "validation", "strips")[:most]:
        for strips, texts, _ in strip_batches(shard, rng, 64, shake=False):
            for answer, text in zip(read(model(strips)), texts):
                wrong, total = wrong + min(distance(answer, text), len(text)), total + len(text)
                exact, rows = exact + (answer == text), rows + 1
    return f"characters {1 - wrong / max(total, 1):.4f} lines {exact / max(rows, 1):.4f}"


def judge_finder(model, folder, most=2):
    """Overlap of answer and kernels in patches with fonts that were never seen."""
    shared = either = false = nothing = 0
    rng = np.random.default_rng(0)
    for shard in shards(folder, "validation", "scenes")[:most]:
        for pictures, wanted in scene_batches(shard, rng, 16, shake=False):
            answer, inside = model(pictures) > 0, wanted > 0.5
            shared, either = shared + (answer & inside).sum().item(), either + (answer | inside).sum().item()
            empty = wanted.sum((1, 2, 3)) == 0
            false, nothing = false + (answer[empty].sum((1, 2, 3)) > 0).sum().item(), nothing + empty.sum().item()
    return f"overlap {shared / max(either, 1):.4f} empty patches with text seen {false}/{nothing}"


NETWORKS = {
    "recogniser": (lambda: Recogniser(len(CLASSES) + 1), "strips", strip_batches, 48, recogniser_loss, judge_recogniser),
    "finder": (Finder, "scenes", scene_batches, 12, finder_loss, judge_finder),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("network", choices=NETWORKS)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, required=True)
    arguments.add_argument("--start", type=Path)
    arguments.add_argument("--rate", type=float, default=3e-3)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    make, what, batches, size, loss_of, judge = NETWORKS[given.network]
    model = make().to(memory_format=torch.channels_last)
    if given.start:
        model.load_state_dict(torch.load(given.start))
    mean = copy.deepcopy(model).eval()
    optimiser = torch.optim.AdamW(model.parameters(), given.rate, weight_decay=0.01)
    rng = np.random.default_rng(int(time.time()))
    begun, step, views, told, running = time.monotonic(), 0, 0, time.monotonic(), None
    done = lambda: (time.monotonic() - begun) / (given.minutes * 60)
    used = {}
    while done() < 1:
        ready = shards(given.data, "training", what)
        least = min(used.get(path, 0) for path in ready)
        shard = rng.choice([path for path in ready if used.get(path, 0) == least])
        used[shard] = least + 1
        for batch in batches(shard, rng, size):
            share = done()
            if share >= 1:
                break
            rate = given.rate * min(1, (step + 1) / 150) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * share)))
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = loss_of(model, batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            step, views = step + 1, views + len(batch[0])
            average(mean, model, min(0.998, step / (step + 20)))
            running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
            if time.monotonic() - told > 240:
                told = time.monotonic()
                report(given, mean, judge, share, step, views, running)
    report(given, mean, judge, 1, step, views, running)


def average(mean, model, keep):
    """Moves the moving average of the weights; counts and statistics go with it."""
    with torch.no_grad():
        for kept, now in zip(mean.state_dict().values(), model.state_dict().values()):
            if kept.dtype.is_floating_point:
                kept.mul_(keep).add_(now, alpha=1 - keep)
            else:
                kept.copy_(now)


def report(given, mean, judge, share, step, views, running):
    """Saves the weights and says how good they are."""
    torch.save(mean.state_dict(), given.out / "weights.pt")
    with torch.no_grad():
        print(f"{share:.2f} step {step} views {views} loss {running:.3f} {judge(mean, given.data)}", flush=True)


if __name__ == "__main__":
    main()
