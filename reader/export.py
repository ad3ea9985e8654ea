"""Writes the networks as the program loads them: ONNX with the interface of PP-OCR's, so that one reader runs either.

    python export.py finder runs/finder/weights.pt weights/finder.onnx
    python export.py recogniser runs/recogniser/weights.pt weights/recogniser.onnx

Both take `[n, 3, h, w]`: blue, green and red from -1 to 1. The finder gives `[n, 1, h, w]`, how likely each pixel lies in the kernel
of a line; the recogniser takes strips 48 high and gives `[n, steps, classes]`, probabilities of none, of the characters of the
metadata key `character` (one a line), and of a blank.
"""

import argparse
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional

from net import Finder, Recogniser
from synth.texts import ALPHABET
from train import CLASSES


class WholeFinder(nn.Module):
    """The finder with colours in the other order and a map as large as the picture."""

    def __init__(self, weights):
        super().__init__()
        self.finder = Finder()
        self.finder.load_state_dict(weights)

    def forward(self, picture):
        return functional.interpolate(self.finder(picture.flip(1)), scale_factor=4, mode="bilinear", align_corners=False).sigmoid()


class WholeRecogniser(nn.Module):
    """The recogniser from colours, and with strips reduced to its height."""

    def __init__(self, weights):
        super().__init__()
        self.recogniser = Recogniser(len(CLASSES) + 1)
        self.recogniser.load_state_dict(weights)
        self.register_buffer("luma", torch.tensor([0.114, 0.587, 0.299]).view(1, 3, 1, 1))

    def forward(self, strips):
        grey = functional.conv2d(strips, self.luma)
        grey = functional.interpolate(grey, scale_factor=2 / 3, mode="bilinear", align_corners=False)
        return self.recogniser(grey).softmax(-1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("network", choices=["finder", "recogniser"])
    arguments.add_argument("weights", type=Path)
    arguments.add_argument("out", type=Path)
    given = arguments.parse_args()
    weights = torch.load(given.weights, map_location="cpu")
    finds = given.network == "finder"
    model = (WholeFinder if finds else WholeRecogniser)(weights).eval()
    example = torch.zeros(1, 3, 96, 64) if finds else torch.zeros(1, 3, 48, 96)
    free = {0: "n", 2: "h", 3: "w"} if finds else {0: "n", 3: "w"}
    outputs = {0: "n", 2: "h", 3: "w"} if finds else {0: "n", 1: "steps"}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model, example, str(given.out), input_names=["x"], output_names=["y"], opset_version=17, dynamo=False,
        dynamic_axes={"x": free, "y": outputs},
    )
    written = onnx.load(str(given.out))
    entry = written.metadata_props.add()
    entry.key, entry.value = "character", "" if finds else "\n".join(ALPHABET)
    onnx.checker.check_model(written)
    onnx.save(written, str(given.out))


if __name__ == "__main__":
    main()
