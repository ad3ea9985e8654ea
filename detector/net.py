"""The network: a small fully convolutional detector with one output map of stride 8.

The blocks follow what is cheap on one CPU core: few channels at full resolution, a first convolution that steps 4 pixels
at once, plain pointwise layers, depthwise ones only where the maps are small. Channels are multiples of 16 (the product's
vectors) wherever a depthwise layer works on them.
"""

import torch
from torch import nn
from torch.nn import functional

STRIDE = 8
CLASS_CHANNELS = 4
CHANNELS = 10  # 4 class logits, 4 box sides as ln(distance / 16), cos 4a, sin 4a
BOX_UNIT = 16.0


def conv(inputs, outputs, size, stride=1, groups=1, padding=None, relu=True):
    """Convolution, batch normalisation and, if wanted, ReLU."""
    padding = size // 2 if padding is None else padding
    layers = [nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Block(nn.Module):
    """Depthwise 3x3, pointwise (widened by `expand`), added to the input."""

    def __init__(self, channels, expand):
        super().__init__()
        depthwise = conv(channels, channels, 3, groups=channels, relu=False)
        if expand > 1:
            wide = channels * expand
            self.body = nn.Sequential(depthwise, conv(channels, wide, 1), conv(wide, channels, 1, relu=False))
        else:
            self.body = nn.Sequential(depthwise, conv(channels, channels, 1, relu=False))
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(x + self.body(x))


def double(x):
    """Each value four times."""
    return functional.interpolate(x, scale_factor=2, mode="nearest")


class Detector(nn.Module):
    """`[n, 1, h, w]` luma in 0..1 (h, w multiples of 32) to `[n, 10, h/8, w/8]`."""

    def __init__(self, fine=24, mid=48, deep=96, wide=112, deep_blocks=2, wide_blocks=2):
        super().__init__()
        self.stem = nn.Sequential(conv(1, fine, 6, 4, padding=1), conv(fine, fine, 1), conv(fine, mid, 3, 2))
        self.deep = nn.Sequential(conv(mid, deep, 2, 2, padding=0), *[Block(deep, 2) for _ in range(deep_blocks)])
        self.wide = nn.Sequential(conv(deep, wide, 2, 2, padding=0), *[Block(wide, 2) for _ in range(wide_blocks)])
        self.wide_to_deep = nn.Conv2d(wide, deep, 1)
        self.merge_deep = Block(deep, 1)
        self.deep_to_mid = nn.Conv2d(deep, mid, 1)
        self.merge_mid = nn.Sequential(nn.ReLU(inplace=True), Block(mid, 1))
        self.head = nn.Conv2d(mid, CHANNELS, 1)
        # Codes are rare: start with a low score everywhere, and with boxes of a usual size.
        nn.init.constant_(self.head.bias, 0.0)
        nn.init.constant_(self.head.bias[:CLASS_CHANNELS], -4.6)
        nn.init.constant_(self.head.bias[CLASS_CHANNELS:CLASS_CHANNELS + 4], 0.6)

    def forward(self, image):
        fine = self.stem(image)
        deep = self.deep(fine)
        deep = self.merge_deep(deep + double(self.wide_to_deep(self.wide(deep))))
        return self.head(self.merge_mid(fine + double(self.deep_to_mid(deep))))
