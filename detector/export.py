"""Writes trained weights as an ONNX file with batch normalisation folded into the convolutions.

    python export.py detector runs/final/weights.pt weights/detector.onnx
    python export.py confirmer runs/confirm/weights.pt weights/confirmer.onnx
"""

import sys
import warnings

import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval

from confirm import Confirmer
from net import Detector
from views import VIEW


def fold(module):
    """Replaces every convolution followed by its normalisation by one convolution."""
    for name, child in module.named_children():
        if isinstance(child, torch.nn.Sequential) and len(child) >= 2 and isinstance(child[1], torch.nn.BatchNorm2d):
            setattr(module, name, torch.nn.Sequential(fuse_conv_bn_eval(child[0], child[1]), *child[2:]))
        elif isinstance(child, torch.nn.Sequential):
            folded = [fold_one(part) for part in child]
            setattr(module, name, torch.nn.Sequential(*folded))
        else:
            fold(child)
    return module


def fold_one(part):
    """One element of a sequence: a convolution with its normalisation, or a block of its own."""
    if isinstance(part, torch.nn.Sequential) and len(part) >= 2 and isinstance(part[1], torch.nn.BatchNorm2d):
        return torch.nn.Sequential(fuse_conv_bn_eval(part[0], part[1]), *part[2:])
    return fold(part)


NETWORKS = {
    "detector": (Detector, (1, 1, 64, 96), "map", {"image": {2: "height", 3: "width"}, "map": {2: "rows", 3: "columns"}}),
    "confirmer": (Confirmer, (1, 1, VIEW, VIEW), "outcomes", {}),
}


def main():
    name, source, target = sys.argv[1:4]
    network, shape, output, axes = NETWORKS[name]
    model = network().eval()
    model.load_state_dict(torch.load(source, weights_only=True))
    x = torch.rand(shape)
    with torch.no_grad():
        before = model(x)
        after = fold(model)(x)
    if not torch.allclose(before, after, atol=1e-3):
        raise SystemExit("folding changed the output")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, x, target, input_names=["image"], output_names=[output], opset_version=17, dynamo=False,
            dynamic_axes=axes,
        )


if __name__ == "__main__":
    main()
