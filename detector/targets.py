"""Turning label rows into target maps, and the loss."""

import torch
from torch.nn import functional

from net import BOX_UNIT, CLASS_CHANNELS, STRIDE
from synth.symbol import CHANNELS, MINI

CORE, RING = 0.225, 0.36  # share of a box's side, from its centre: positive inside CORE, undecided inside RING
ROUND_CLASSES = (1, 2, CHANNELS)


def assign(labels, cells):
    """Target maps for a batch of label rows `[n, slots, 9]` on a grid of cells x cells.

    Returns class targets and weights `[n, 4, c, c]`, and for positive cells their indices (n, y, x), boxes, angles
    and classes.
    """
    n = labels.shape[0]
    at = (torch.arange(cells, dtype=torch.float32) + 0.5) * STRIDE
    cy, cx = at.view(1, cells, 1), at.view(1, 1, cells)
    image, slot = (labels[..., 7] > 0).nonzero(as_tuple=True)
    rows = labels[image, slot]
    # large boxes first, so that where boxes meet the smaller one owns the cell
    order = ((rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])).argsort(descending=True)
    image, rows = image[order], rows[order]
    column = lambda i: rows[:, i].view(-1, 1, 1)
    w, h = (column(2) - column(0)).clamp(min=1), (column(3) - column(1)).clamp(min=1)
    dx, dy = (cx - (column(0) + column(2)) / 2).abs(), (cy - (column(1) + column(3)) / 2).abs()
    wanted = column(7) == 1
    # at least the cell that holds the centre
    core = (dx <= (w * CORE).clamp(min=STRIDE / 2)) & (dy <= (h * CORE).clamp(min=STRIDE / 2)) & wanted
    ring = (dx <= (w * RING).clamp(min=STRIDE)) & (dy <= (h * RING).clamp(min=STRIDE)) & wanted
    inside = (dx <= w / 2) & (dy <= h / 2) & ~wanted
    cls = rows[:, 4].long()
    cls = torch.where(cls == CHANNELS, MINI, cls)
    target = torch.zeros(n, CLASS_CHANNELS, cells, cells)
    weight = torch.ones(n, CLASS_CHANNELS, cells, cells)
    owner = torch.full((n, cells, cells), -1, dtype=torch.long)
    k, y, x = ring.nonzero(as_tuple=True)
    weight[image[k], cls[k], y, x] = 0.0
    k, y, x = inside.nonzero(as_tuple=True)
    weight[image[k], :, y, x] = 0.0
    k, y, x = core.nonzero(as_tuple=True)
    target[image[k], cls[k], y, x] = 1.0
    weight[image[k], cls[k], y, x] = 1.0
    owner[image[k], y, x] = k
    where = (owner >= 0).nonzero(as_tuple=True)
    return target, weight, where, rows[owner[where]]


def box_sides(rows, where):
    """Distances left, top, right, bottom from the cells' centres, in pixels."""
    x = (where[2].float() + 0.5) * STRIDE
    y = (where[1].float() + 0.5) * STRIDE
    sides = torch.stack([x - rows[:, 0], y - rows[:, 1], rows[:, 2] - x, rows[:, 3] - y], 1)
    return sides.clamp(min=1.0)


def generalised_iou(a, b):
    """GIoU of boxes given by their sides' distances from a common point."""
    area = lambda s: (s[:, 0] + s[:, 2]) * (s[:, 1] + s[:, 3])
    inner, outer = torch.minimum(a, b), torch.maximum(a, b)
    both, hull = area(inner), area(outer)
    union = area(a) + area(b) - both
    return both / union - (hull - union) / hull


def loss(output, labels, gamma=2.0):
    """Focal loss of the classes, GIoU and log distance of the boxes, squared error of the angle."""
    output = output.float()
    target, weight, where, rows = assign(labels, output.shape[-1])
    logits = output[:, :CLASS_CHANNELS]
    positives = max(1.0, float(len(rows)))
    cross = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    p = torch.sigmoid(logits)
    miss = torch.where(target > 0, 1 - p, p)
    # Negatives outnumber positives by hundreds: the focal factor keeps the easy ones from ruling.
    classes = (weight * cross * miss.pow(gamma)).sum() / positives
    picked = output[where[0], :, where[1], where[2]]
    if len(rows) == 0:
        return classes, {"class": classes.item()}
    sides = box_sides(rows, where)
    logs = picked[:, CLASS_CHANNELS:CLASS_CHANNELS + 4]
    predicted = torch.exp(logs.clamp(-4, 4)) * BOX_UNIT
    box = (1 - generalised_iou(predicted, sides)).mean() + 0.3 * (logs - torch.log(sides / BOX_UNIT)).abs().mean()
    square = sum((rows[:, 4] != c) for c in ROUND_CLASSES) == len(ROUND_CLASSES)
    angle = ((picked[:, 8:10] - rows[:, 5:7]) ** 2).sum(1)
    angle = (angle * square).sum() / square.sum().clamp(min=1)
    total = classes + box + 0.15 * angle
    return total, {"class": classes.item(), "box": box.item(), "angle": angle.item()}
