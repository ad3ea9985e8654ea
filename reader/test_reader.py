"""Labels follow the pixels, and what is measured is what is meant."""

import numpy as np
import pytest

from synth import fonts, lines, scenes, texts
from train import CLASSES, distance, encoded, read

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def known():
    return fonts.fonts(held_out=False)


def test_every_text_can_be_written_with_the_alphabet():
    rng = np.random.default_rng(1)
    for _ in range(2000):
        text = texts.line(rng)
        assert text and text == text.strip() and "  " not in text
        assert all(c in CLASSES for c in text)


def test_the_alphabet_repeats_nothing_and_has_what_contacts_need():
    assert len(set(texts.ALPHABET)) == len(texts.ALPHABET)
    assert set("微信薇威加扣群裙号码客服抖音快手私聊0123456789abcxyzABCXYZ_-:：") <= set(texts.ALPHABET)


def test_a_strip_shows_its_text(known):
    """Ink of the text is where the strip has it: drawn twice with other colours, the strip changes as a whole."""
    rng = np.random.default_rng(2)
    for _ in range(40):
        strip, text, sides = lines.strip(rng, known, [])
        assert strip.shape[0] == lines.HEIGHT and strip.dtype == np.uint8
        assert strip.std() > 4, text
        assert len(sides) == len(text) and (np.diff(sides[:, 0]) > -1).all()
        assert sides[0, 0] > -6 and sides[-1, 1] < strip.shape[1] + 6, (text, sides)
        # A step of the recogniser is 4 pixels, and CTC needs one a character.
        assert strip.shape[1] // 4 + 2 >= len(text), text


def test_kernels_lie_within_their_lines():
    quad = np.array([[40, 40], [200, 60], [196, 92], [36, 72]], np.float32)
    inner = scenes.shrunk(quad, 8)
    across = (quad[1] - quad[0]) / np.linalg.norm(quad[1] - quad[0])
    assert np.allclose((inner[1] - inner[0]) @ across, np.linalg.norm(quad[1] - quad[0]) - 16, atol=0.5)
    target = scenes.target([quad])
    assert 0 < target.sum() / 255 * scenes.STRIDE**2 < 160 * 32
    rows, columns = np.nonzero(target)
    assert rows.min() * 4 >= 40 and rows.max() * 4 <= 92 and columns.min() * 4 >= 36 and columns.max() * 4 <= 200


def test_lines_that_touch_have_kernels_apart():
    upper = np.array([[20, 40], [220, 40], [220, 72], [20, 72]], np.float32)
    target = scenes.target([upper, upper + np.array([0, 32], np.float32)])
    assert np.diff((target[:, 30] > 127).astype(int)).__abs__().sum() == 4


def test_steps_that_say_the_same_are_one_character():
    steps = encoded("aab")
    logits = torch.full((1, 6, len(CLASSES) + 1), -5.0)
    for at, c in enumerate([steps[0], steps[0], 0, steps[1], steps[2], 0]):
        logits[0, at, c] = 5.0
    assert read(logits) == ["aab"]


def test_distances_count_edits():
    assert [distance(a, b) for a, b in (("abc", "abc"), ("abc", "abd"), ("ac", "abc"), ("", "ab"))] == [0, 1, 1, 2]
