"""Running the detector over a whole picture at several scales: the reference for the inference in the product."""

import cv2
import numpy as np
import torch

from folded import open_folded
from net import BOX_UNIT, CLASS_CHANNELS, STRIDE, Detector
from synth.symbol import OTHER

MOST_PIXELS = 2_200_000
SMALLEST_SIDE = 24  # levels smaller than this hold nothing
VIEW_SIDE, VIEW_SIZES, VIEW_ANGLES = 192, (56, 80, 112), (0, 30, 45)  # the looks that confirm a box


def open_model(path, network=Detector):
    """A network with trained weights: those of a training (.pt), or the shipped ones (.safetensors)."""
    if str(path).endswith(".safetensors"):
        return open_folded(path, network).eval().to(memory_format=torch.channels_last)
    model = network().eval().to(memory_format=torch.channels_last)
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


def read_grey(path):
    """A picture as grey bytes, transparent parts over white."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        return None
    if image.dtype != np.uint8:
        image = (image / 257).astype(np.uint8)
    if image.ndim == 2:
        return image
    if image.shape[2] == 4:
        alpha = image[..., 3:].astype(np.float32) / 255
        image = (image[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def decode(output, threshold):
    """Boxes of one map `[10, h, w]` whose score reaches `threshold`: rows x0, y0, x1, y1, score, class, angle."""
    scores = 1 / (1 + np.exp(-output[:CLASS_CHANNELS]))
    best = scores.argmax(0)
    score = scores.max(0)
    y, x = np.nonzero(score >= threshold)
    sides = np.exp(np.clip(output[4:8, y, x], -4, 4)) * BOX_UNIT
    cx, cy = (x + 0.5) * STRIDE, (y + 0.5) * STRIDE
    angle = np.arctan2(output[9, y, x], output[8, y, x]) / 4
    return np.stack([cx - sides[0], cy - sides[1], cx + sides[2], cy + sides[3], score[y, x], best[y, x], angle], 1)


def shared(box, boxes):
    """Joint share (IoU) of a box with others, and the share of the box that lies in each."""
    inner = np.clip(np.minimum(box[2:4], boxes[:, 2:4]) - np.maximum(box[:2], boxes[:, :2]), 0, None).prod(1)
    mine = (box[2] - box[0]) * (box[3] - box[1])
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return inner / np.maximum(mine + areas - inner, 1e-6), inner / max(mine, 1e-6)


def suppress(boxes, overlap=0.4):
    """Non-maximum suppression over all classes; a box mostly inside a better one goes too."""
    kept = []
    boxes = boxes[np.argsort(-boxes[:, 4])]
    while len(boxes):
        top, boxes = boxes[0], boxes[1:]
        kept.append(top)
        if not len(boxes):
            break
        inner = np.clip(np.minimum(top[2:4], boxes[:, 2:4]) - np.maximum(top[:2], boxes[:, :2]), 0, None).prod(1)
        area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        mine = (top[2] - top[0]) * (top[3] - top[1])
        union = np.maximum(area + mine - inner, 1e-6)
        boxes = boxes[(inner / union < overlap) & (inner / np.maximum(np.minimum(area, mine), 1e-6) < 0.75)]
    return np.array(kept).reshape(-1, 7)


def views(grey, box):
    """Nine looks at a box: three sizes and three angles, each in the middle of a patch as in training."""
    centre = (box[:2] + box[2:4]) / 2
    side = max(box[2] - box[0], box[3] - box[1])
    reduced, looks = {1: grey}, []
    for size in VIEW_SIZES:
        scale = size / side
        # warps do not average, so a large code is reduced first
        step = int(np.clip(round(0.75 / scale), 1, 16)) if scale < 0.7 else 1
        if step not in reduced:
            h, w = grey.shape
            reduced[step] = cv2.resize(grey, (max(1, w // step), max(1, h // step)), interpolation=cv2.INTER_AREA)
        source = reduced[step]
        shrink = np.diag([grey.shape[1] / source.shape[1], grey.shape[0] / source.shape[0]])
        for angle in np.deg2rad(VIEW_ANGLES):
            turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            shift = VIEW_SIDE / 2 - turn @ centre
            matrix = np.c_[turn @ shrink, shift]
            looks.append(cv2.warpAffine(source, matrix, (VIEW_SIDE, VIEW_SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.stack(looks)


@torch.no_grad()
def confirm(model, grey, boxes):
    """Looks at each box again, nine times, and replaces its score by the mean of the first and the later looks.

    A code is seen at every size and angle; what only looks like one at some size or with its edge just so is not.
    """
    middle = slice(VIEW_SIDE // STRIDE // 2 - 3, VIEW_SIDE // STRIDE // 2 + 3)
    boxes = boxes.copy()
    for box in boxes:
        looks = torch.from_numpy(views(grey, box)).float().unsqueeze(1) / 255
        scores = torch.sigmoid(model(looks)[:, :CLASS_CHANNELS, middle, middle]).amax((2, 3)).numpy()
        code, other = scores[:, :OTHER].max(1).mean(), scores[:, OTHER].mean()
        if box[5] != OTHER and other > code:
            box[5] = OTHER
        box[4] = (box[4] + (other if box[5] == OTHER else code)) / 2
    return boxes[np.argsort(-boxes[:, 4])]


@torch.no_grad()
def detect(model, grey, threshold=0.1):
    """Boxes in the picture's pixels, best first."""
    scale = min(1.0, (MOST_PIXELS / grey.size) ** 0.5)
    image = grey.astype(np.float32)
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    elif max(grey.shape) < 240:  # a small picture may hold a code too fine for one look
        scale = 2.0
        image = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    found = []
    for _ in range(4):
        h, w = image.shape
        if max(h, w) < SMALLEST_SIDE:
            break
        bottom, right = -h % 32 + 32, -w % 32 + 32
        padded = cv2.copyMakeBorder(image, 32, bottom, 32, right, cv2.BORDER_REPLICATE)
        x = torch.from_numpy(padded / 255).view(1, 1, *padded.shape)
        boxes = decode(model(x)[0].numpy(), threshold)
        boxes[:, :4] -= 32
        boxes[:, [0, 2]] = boxes[:, [0, 2]].clip(0, w)
        boxes[:, [1, 3]] = boxes[:, [1, 3]].clip(0, h)
        boxes[:, :4] /= scale
        found.append(boxes)
        image = cv2.resize(image, (max(1, w // 2), max(1, h // 2)), interpolation=cv2.INTER_AREA)
        scale /= 2
    return suppress(np.concatenate(found))
