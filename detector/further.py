"""Goes on training the end of the shipped confirming network with itself as the teacher: new kinds of codes and look-alikes
are learnt, and what it said of everything else is kept.

    python further.py --start weights/confirmer.safetensors --old data/old --channels data/channels --live data/live \\
        --minutes 8 --out runs/channels

Unlike confirm.py it needs no data of the trainings before: on proposals of old kinds the answer wanted is the teacher's, with
a little of the truth. All layers but the last two convolutions and the head stay as they are, so that what they make of a
view is computed once. The network stays folded (folded.py).
"""

import argparse
import copy
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

from confirm import Confirmer, Proposals, augment, sureness
from folded import fold, open_folded, save
from synth.symbol import CHANNELS, MINI, OTHER
from train import Average, rate_at
from views import CODE, VIEW, view

BEFORE = 5  # outcomes of a teacher that does not know Channels codes
TRUTH = 0.2  # the share of the truth in what is wanted on old kinds
HELD = 0.06  # weight of the difference between old logits and the teacher's


def grown(teacher):
    """The teacher with an outcome more, which begins as the mini-program code's, less likely."""
    model = fold(Confirmer().eval())
    state = copy.deepcopy(teacher.state_dict())
    state["head.weight"] = torch.cat([state["head.weight"], state["head.weight"][MINI:MINI + 1]])
    state["head.bias"] = torch.cat([state["head.bias"], state["head.bias"][MINI:MINI + 1] - 2.0])
    model.load_state_dict(state)
    return model


def wanted(logits, classes):
    """What the student should answer: the teacher's opinion with a little truth; the truth alone of what is new (class
    CHANNELS, and look-alikes, whose classes come as NOTHING + 10)."""
    truth = functional.one_hot(torch.where(classes >= 10, classes - 10, classes), 6).float()
    opinion = functional.pad(functional.softmax(logits, 1), (0, 1))
    new = ((classes == CHANNELS) | (classes >= 10)).float()[:, None]
    return new * truth + (1 - new) * ((1 - TRUTH) * opinion + TRUTH * truth), 1 - new


class Trunk(torch.nn.Module):
    """The layers that stay as they are; what they make of views is kept in half precision."""

    def __init__(self, model):
        super().__init__()
        self.layers = model.body[:-1]

    @torch.no_grad()
    def forward(self, x):
        with torch.autocast("cpu", torch.bfloat16):
            return self.layers(x.contiguous(memory_format=torch.channels_last)).half()


class End(torch.nn.Module):
    """The layers that are trained."""

    def __init__(self, model):
        super().__init__()
        self.pair, self.head = model.body[-1], model.head

    def forward(self, features):
        return self.head(self.pair(features.float()).mean((2, 3)))


def seen(trunk, proposals, rows, rng, look_alike=False):
    """What the trunk makes of one random view of each row, and the rows' classes."""
    features, classes = [], []
    for start in range(0, len(rows), 256):
        views, of = proposals.views(rows[start:start + 256], rng)
        features.append(trunk(augment(views, rng)))
        classes.append(torch.from_numpy(of) + 10 * look_alike)
    return torch.cat(features), torch.cat(classes)


def all_seen(trunk, sets, views, rng):
    """Half old kinds, a quarter Channels codes with what is beside them, a quarter look-alikes of live rooms."""
    old, channels, live = sets
    part = views // 4
    of_live = live.hard[rng.integers(len(live.hard), size=part)]
    parts = [
        seen(trunk, old, old.pick(2 * part, 0.55, rng), rng), seen(trunk, channels, channels.pick(part, 0.15, rng), rng),
        seen(trunk, live, of_live, rng, True),
    ]
    return torch.cat([features for features, _ in parts]), torch.cat([classes for _, classes in parts])


@torch.no_grad()
def judged(trunk, ends, proposals, rows, most=400):
    """How sure several ends are of codes in some rows, in three views each, and their likeliest outcomes."""
    rows = rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]
    totals = [0.0] * len(ends)
    for size, turn in ((CODE, 0.0), (62, 0.4), (82, -0.6)):
        looks = np.stack([view(proposals.images[int(r[0])], proposals.halves[int(r[0])], r[1:5], size, turn) for r in rows])
        features = torch.cat([trunk(x.float().unsqueeze(1) / 255) for x in torch.from_numpy(looks).split(256)])
        totals = [total + end(features) / 3 for total, end in zip(totals, ends)]
    return [(sureness(total).numpy(), total.argmax(1).numpy()) for total in totals], rows[:, 5]


def compare(trunk, teacher, student, sets):
    """Prints, for both networks, how sure they are of what is there and of what is not."""
    old, channels, live = sets
    groups = [("old codes", old, old.codes[~np.isin(old.codes[:, 5], (CHANNELS, OTHER))]), ("old, nothing", old, old.fooled)]
    groups += [("Channels codes", channels, channels.codes), ("beside them", channels, channels.fooled), ("live rooms", live, live.hard)]
    for name, proposals, rows in groups:
        both, classes = judged(trunk, (teacher, student), proposals, rows[rows[:, 6] >= 0.35])
        for who, (sure, outcome) in zip(("before", "after"), both):
            above = " ".join(f"{(sure > at).mean():.4f}" for at in (-1, 0, 1, 2))
            print(f"  {name:16} {who:7} {len(sure)}: above -1, 0, 1, 2: {above}; right kind {(outcome == classes).mean():.4f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True)
    for name in ("old", "channels", "live"):
        parser.add_argument(f"--{name}", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--views", type=int, default=48_000)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--keep", type=float, default=0.15, help="share of the weights before in those that are written: their mean errs less than either")
    parser.add_argument("--rarer", type=float, default=1.5, help="taken from the logit of Channels codes, which are rarer than they were here")
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    folders = (args.old, args.channels, args.live)
    before = open_folded(args.start, lambda: Confirmer(outcomes=BEFORE)).to(memory_format=torch.channels_last)
    after = grown(before).to(memory_format=torch.channels_last)
    trunk, teacher, student = Trunk(before), End(before), End(after)
    rng, begun = np.random.default_rng(args.seed), time.time()
    features, classes = all_seen(trunk, [Proposals(folder, "train") for folder in folders], args.views, rng)
    with torch.no_grad():
        opinions = torch.cat([teacher(part) for part in features.split(512)])
    print(f"{len(features)} views in {(time.time() - begun) / 60:.1f} minutes", flush=True)
    optimizer, average = torch.optim.AdamW(student.parameters(), args.rate, weight_decay=0.0), Average(student, 0.995)
    begun, step, sums = time.time(), 0, np.zeros(2)
    while (done := (time.time() - begun) / (60 * args.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate_at(args.rate, step, done)
        picks = torch.from_numpy(rng.integers(len(features), size=args.batch))
        answer, opinion = student(features[picks]), opinions[picks]
        target, kept = wanted(opinion, classes[picks])
        cross = -(target * functional.log_softmax(answer, 1)).sum(1).mean()
        apart = (kept * (answer[:, :BEFORE] - opinion) ** 2).mean()
        optimizer.zero_grad(set_to_none=True)
        (cross + HELD * apart).backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0)
        optimizer.step()
        average.update(student)
        step, sums = step + 1, sums + (cross.item(), apart.item())
        if step % 100 == 0:
            print(f"{done:6.1%} step {step}, loss {sums[0] / 100:.4f}, apart {sums[1] / 100:.4f}, {step * args.batch / (time.time() - begun):.0f} views/s", flush=True)
            sums[:] = 0
    begin = grown(before)
    written = mean(begin, after, average.model, args.keep, args.rarer)
    torch.manual_seed(1)
    save(written.eval(), torch.rand(1, 1, VIEW, VIEW), args.out / "confirmer.safetensors")
    print(f"{step} steps, {step * args.batch} views in {(time.time() - begun) / 60:.1f} minutes", flush=True)
    compare(trunk, teacher, End(written), [Proposals(folder, "validation") for folder in folders])


def mean(begin, model, end, keep, rarer):
    """The network between where the training began and where it ended."""
    model.body[-1].load_state_dict(end.pair.state_dict())
    model.head.load_state_dict(end.head.state_dict())
    state = model.state_dict()
    for name, value in begin.state_dict().items():
        state[name] = keep * value + (1 - keep) * state[name]
    state["head.bias"][CHANNELS] -= rarer
    begin.load_state_dict(state)
    return begin


if __name__ == "__main__":
    main()
