"""Writes trained weights in safetensors' format, batch normalisation folded into the convolutions.

    python export.py detector runs/final/weights.pt weights/detector.safetensors
    python export.py confirmer runs/confirm/weights.pt weights/confirmer.safetensors

Beside the weights stand an input and what the network answers (`example.image`, `example.answer`), by which the product
tests that its layers compute the same.
"""

import sys

import torch

from confirm import Confirmer
from folded import fold, save
from net import Detector
from views import VIEW


NETWORKS = {"detector": (Detector, (1, 1, 96, 160)), "confirmer": (Confirmer, (1, 1, VIEW, VIEW))}


def main():
    name, source, target = sys.argv[1:4]
    network, shape = NETWORKS[name]
    model = network().eval()
    model.load_state_dict(torch.load(source, weights_only=True))
    torch.manual_seed(1)
    x = torch.rand(shape)
    with torch.no_grad():
        before = model(x)
        after_model = fold(model)
        after = after_model(x)
    if not torch.allclose(before, after, atol=1e-3):
        raise SystemExit("folding changed the output")
    save(after_model, x, target)


if __name__ == "__main__":
    main()
