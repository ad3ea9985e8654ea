"""Writes trained weights in safetensors' format, batch normalisation folded into the convolutions.

    python export.py detector runs/final/weights.pt weights/detector.safetensors
    python export.py confirmer runs/confirm/weights.pt weights/confirmer.safetensors

Beside the weights stand an input and what the network answers (`example.image`, `example.answer`), by which the product
tests that its layers compute the same.
"""

import sys

import torch
from safetensors.torch import save_file
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


NETWORKS = {"detector": (Detector, (1, 1, 96, 160)), "confirmer": (Confirmer, (1, 1, VIEW, VIEW))}


def tensors(model):
    """The weights by name; a linear layer is a convolution of one place."""
    return {name: value[..., None, None] if value.ndim == 2 else value for name, value in model.state_dict().items()}


def main():
    name, source, target = sys.argv[1:4]
    network, shape = NETWORKS[name]
    model = network().eval()
    model.load_state_dict(torch.load(source, weights_only=True))
    torch.manual_seed(1)
    x = torch.rand(shape)
    with torch.no_grad():
        before = model(x)
        after = fold(model)(x)
    if not torch.allclose(before, after, atol=1e-3):
        raise SystemExit("folding changed the output")
    save_file({**tensors(model), "example.image": x, "example.answer": after.reshape(*after.shape, 1, 1)[..., :1, :1] if after.ndim == 2 else after}, target)


if __name__ == "__main__":
    main()
