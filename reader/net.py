"""The two networks: one finds text, one reads a line of it.

The blocks follow what is cheap on one CPU core: few channels where maps are large, depthwise layers for shape, pointwise ones for
mixing, and no recurrence: a line's context comes from wide depthwise layers.
"""

import torch
from torch import nn
from torch.nn import functional

HEIGHT = 32
STRIDE = 4  # of the recogniser's steps along a line, and of the finder's map


def conv(inputs, outputs, size, stride=1, groups=1, padding=None, relu=True):
    """Convolution, batch normalisation and, if wanted, ReLU."""
    size = (size, size) if isinstance(size, int) else size
    padding = (size[0] // 2, size[1] // 2) if padding is None else padding
    layers = [nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Block(nn.Module):
    """Depthwise, pointwise widened by `expand`, pointwise, added to the input."""

    def __init__(self, channels, expand, size=3):
        super().__init__()
        wide = channels * expand
        self.body = nn.Sequential(
            conv(channels, channels, size, groups=channels, relu=False),
            conv(channels, wide, 1),
            conv(wide, channels, 1, relu=False),
        )
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(x + self.body(x))


class Recogniser(nn.Module):
    """`[n, 1, 32, w]` luma in -1..1 (w a multiple of 4) to `[n, w/4, classes]`: logits, class 0 is the blank of CTC."""

    def __init__(self, classes, fine=24, mid=48, deep=96, line=152):
        super().__init__()
        self.body = nn.Sequential(
            conv(1, fine, 3, 2),
            conv(fine, mid, 3, 2),
            Block(mid, 2),
            Block(mid, 2),
            conv(mid, deep, 3, (2, 1)),
            Block(deep, 2),
            Block(deep, 2),
            Block(deep, 2),
            conv(deep, line, (4, 1), padding=(0, 0)),
            Block(line, 2, (1, 7)),
            Block(line, 2, (1, 5)),
            Block(line, 2, (1, 5)),
        )
        self.head = nn.Conv2d(line, classes, 1)

    def forward(self, strips):
        return self.head(self.body(strips))[:, :, 0].transpose(1, 2)


class Finder(nn.Module):
    """`[n, 3, h, w]` colours in -1..1 (h, w multiples of 32) to `[n, 1, h/4, w/4]`: how likely a place lies in the kernel of a line."""

    def __init__(self, fine=12, mid=24, deep=48, wide=64):
        super().__init__()
        self.fine = nn.Sequential(conv(3, fine, 3, 2), conv(fine, mid, 3, 2), Block(mid, 2))
        self.mid = nn.Sequential(conv(mid, deep, 3, 2), Block(deep, 2), Block(deep, 2))
        self.deep = nn.Sequential(conv(deep, wide, 3, 2), Block(wide, 2, 5), Block(wide, 2, 5))
        self.wide = nn.Sequential(conv(wide, wide, 3, 2), Block(wide, 2, 5), Block(wide, 2, 5))
        self.wide_to_deep = conv(wide, wide, 1)
        self.deep_to_mid = conv(wide, deep, 1)
        self.mid_to_fine = conv(deep, mid, 1)
        self.merge_mid = Block(deep, 1)
        self.merge_fine = Block(mid, 1)
        self.head = nn.Conv2d(mid, 1, 1)
        nn.init.constant_(self.head.bias, -3.0)

    def forward(self, picture):
        fine = self.fine(picture)
        mid = self.mid(fine)
        deep = self.deep(mid)
        deep = deep + double(self.wide_to_deep(self.wide(deep)))
        mid = self.merge_mid(mid + double(self.deep_to_mid(deep)))
        return self.head(self.merge_fine(fine + double(self.mid_to_fine(mid))))


def double(x):
    """Each value four times."""
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def count(module):
    """How many weights a network has."""
    return sum(p.numel() for p in module.parameters())


if __name__ == "__main__":
    print("recogniser", count(Recogniser(1658)), "finder", count(Finder()))
    print(Recogniser(1658)(torch.zeros(1, 1, 32, 160)).shape, Finder()(torch.zeros(1, 3, 96, 64)).shape)
