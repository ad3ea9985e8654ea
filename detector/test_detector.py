"""Labels must follow the pixels. Run with `python -m pytest`."""

import numpy as np
import pytest
import torch

from net import STRIDE, Detector
from confirm import NOTHING, Confirmer
from folded import fold, open_folded, save
from further import End, Trunk, grown, wanted
from propose import rows_of
from pyramid import decode
from synth import bank as banks, camera, letters, live, puzzles, rounds
from synth.patch import POSITIVE, SIDE, Composer, Layer, place
from synth.symbol import CHANNELS, MINI, OTHER, QR
from targets import assign, box_sides, generalised_iou
from train import turn
from views import CODE, VIEW, halved, view


def extent(image, threshold=127):
    """The box of bright pixels."""
    y, x = np.nonzero(np.asarray(image) > threshold)
    return np.array([x.min(), y.min(), x.max() + 1, y.max() + 1], float)


def plain_layer(width, height, cls=OTHER):
    """A white rectangle without a margin."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    return Layer(np.full((height, width), 255, np.float32), np.full((height, width), 255, np.uint8), corners, 4.0, cls, 0)


@pytest.mark.parametrize("seed", range(12))
def test_box_encloses_the_warped_layer(seed):
    rng = np.random.default_rng(seed)
    image = np.zeros((SIDE, SIDE), np.float32)
    row, _ = place(image, plain_layer(160, 110), rng, 90.0, (96.0, 96.0))
    assert np.abs(extent(image) - row[:4]).max() <= 1.5
    assert max(row[2] - row[0], row[3] - row[1]) == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_box_of_a_bent_layer(seed):
    rng = np.random.default_rng(seed)
    image = np.zeros((SIDE, SIDE), np.float32)
    row, _ = place(image, plain_layer(200, 200), rng, 100.0, (96.0, 96.0), pose=(0.2, 0.1, 0.0, 1.0), bend=True)
    assert np.abs(extent(image) - row[:4]).max() <= 3.5


def test_angle_is_the_roll():
    rng = np.random.default_rng(0)
    image = np.zeros((SIDE, SIDE), np.float32)
    row, _ = place(image, plain_layer(120, 120, QR), rng, 80.0, (96.0, 96.0), pose=(0.3, 0.0, 0.0, 1.0))
    assert np.arctan2(row[6], row[5]) / 4 == pytest.approx(0.3, abs=0.01)


def test_round_code_has_the_box_of_its_circle_at_any_roll():
    boxes = []
    for roll in (0.0, 0.6):
        image = np.zeros((SIDE, SIDE), np.float32)
        row, _ = place(image, plain_layer(120, 120, MINI), np.random.default_rng(0), 80.0, (96.0, 96.0), pose=(roll, 0.0, 0.0, 1.0))
        boxes.append(row[:4])
    assert np.abs(boxes[0] - boxes[1]).max() < 1.0


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize("mirror", (0, 1))
def test_turned_labels_follow_the_picture(quarter, mirror):
    images = torch.zeros(1, SIDE, SIDE, dtype=torch.uint8)
    images[0, 20:60, 100:170] = 255
    labels = torch.tensor([[[100.0, 20, 170, 60, 0, 1, 0, 1, 0]]])
    turned, rows = turn(images, labels, quarter, mirror)
    assert np.allclose(extent(turned[0].numpy()), rows[0, 0, :4].numpy())


def test_bend_reads_backwards_what_it_sends_forwards():
    rng = np.random.default_rng(3)
    bend = camera.Bend(rng, 200, 160)
    image = np.zeros((160, 200), np.float32)
    image[60:101, 80:121] = 255
    outline = np.array([[80, 60], [121, 60], [121, 101], [80, 101]], float)
    edge = np.linspace(0, 1, 20)[:, None]
    sides = np.concatenate([a + (b - a) * edge for a, b in zip(outline, np.roll(outline, -1, 0))])
    moved = bend.forward(sides)
    expected = np.array([*moved.min(0), *moved.max(0)])
    assert np.abs(extent(bend.apply(image)) - expected).max() <= 2.0


def test_targets_decode_to_the_labelled_box():
    labels = torch.zeros(1, 2, 9)
    labels[0, 0] = torch.tensor([40.0, 48, 104, 96, 1, 1, 0, POSITIVE, 0])
    target, weight, where, rows = assign(labels, SIDE // STRIDE)
    assert target[0, 1, 8, 8] == 1 and target[0, 0].sum() == 0
    assert weight[0, 1].min() == 0 and weight[0, 0].min() == 1
    sides = box_sides(rows, where)
    output = np.full((10, SIDE // STRIDE, SIDE // STRIDE), -9.0, np.float32)
    for y, x, side in zip(where[1], where[2], sides):
        output[1, y, x] = 5.0
        output[4:8, y, x] = np.log(side.numpy() / 16)
    boxes = decode(output, 0.5)
    assert np.abs(boxes[:, :4] - np.array([40, 48, 104, 96])).max() < 0.01
    assert (boxes[:, 5] == 1).all()


def test_giou_of_a_box_with_itself():
    sides = torch.tensor([[10.0, 12, 8, 20]])
    assert generalised_iou(sides, sides).item() == pytest.approx(1.0)


def test_folding_keeps_the_output():
    torch.manual_seed(0)
    model = Detector()
    model(torch.rand(4, 1, 64, 64))  # statistics other than the initial ones
    model.eval()
    x = torch.rand(1, 1, 96, 64)
    with torch.no_grad():
        before = model(x)
        after = fold(model)(x)
    assert before.shape == (1, 10, 12, 8)
    assert torch.allclose(before, after, atol=1e-4)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in model.modules())


@pytest.mark.parametrize("turn", (0.0, np.pi / 2, -np.pi / 2, np.pi))
@pytest.mark.parametrize("side", (36.0, 72.0, 140.0))
def test_a_view_has_the_box_in_its_middle(side, turn):
    image = np.zeros((SIDE, SIDE), np.uint8)
    x0, y0 = 20, 30
    x1, y1 = x0 + int(side), y0 + int(side * 0.75)
    image[y0:y1, x0:x1] = 255
    shown = extent(view(image, halved(image), np.array([x0, y0, x1, y1], float), turn=turn))
    wide, high = (CODE, CODE * 0.75) if abs(np.sin(turn)) < 0.5 else (CODE * 0.75, CODE)
    wanted = VIEW / 2 + np.array([-wide, -high, wide, high]) / 2
    assert np.abs(shown - wanted).max() <= 2.0


def test_a_mirrored_view_is_the_view_mirrored():
    image = np.random.default_rng(1).integers(0, 255, (SIDE, SIDE)).astype(np.uint8)
    box = np.array([60, 70, 120, 130], float)
    plain, mirrored = (view(image, halved(image), box, mirror=flag) for flag in (False, True))
    assert np.abs(plain.astype(int) - mirrored[:, ::-1]).max() <= 1


def test_what_fools_the_detector_is_told_from_parts_of_codes():
    labels = np.zeros((2, 9), np.float32)
    labels[0] = (10, 10, 90, 90, QR, 1, 0, POSITIVE, 3)
    found = np.array([[12, 8, 92, 88, 0.8, 0, 0], [10, 10, 34, 34, 0.6, 0, 0], [120, 120, 170, 170, 0.5, 0, 0]], float)
    rows = rows_of(found, labels, np.random.default_rng(0))
    assert [(row[4], round(float(row[5]), 1)) for row in rows] == [(QR, 0.8), (NOTHING, 0.5)]
    missed = rows_of(found[1:], labels, np.random.default_rng(0))
    assert [(row[4], row[5]) for row in missed] == [(QR, 0.0), (NOTHING, 0.5)]


@pytest.fixture(scope="module")
def pictures():
    """A bank with a photo and an icon."""
    rng = np.random.default_rng(8)
    bank = banks.Bank()
    bank.photos = [rng.integers(0, 255, (300, 400)).astype(np.uint8)]
    bank.icons = [(np.full((64, 64), 90, np.uint8), np.full((64, 64), 255, np.uint8))]
    return bank


@pytest.mark.parametrize("maker", sorted(set(banks.DRAWN + banks.NEED_PICTURES), key=lambda maker: maker.__name__))
def test_a_scene_is_the_same_again(maker, pictures):
    more = (pictures,) if maker in banks.NEED_PICTURES else ()
    for seed in range(3):
        first, again = (maker(np.random.default_rng(seed), *more) for _ in range(2))
        assert first.dtype == np.uint8 and first.ndim == 2 and min(first.shape) >= 256
        assert (first == again).all()


@pytest.mark.parametrize("seed", range(24))
def test_figures_of_any_hand_differ_and_fit_their_cells(seed):
    hand = letters.Hand(np.random.default_rng(seed), 40)
    masks = [hand.mask(str(figure)) for figure in range(10)]
    assert all(mask.shape == (40, 40) and 20 < (mask > 127).sum() < 1200 for mask in masks)
    assert len({mask.tobytes() for mask in masks}) == 10


def test_a_bank_of_some_kinds_gives_only_those(pictures):
    pictures.codes = {OTHER: []}
    pictures.scenes = [(maker.__name__, maker(np.random.default_rng(1))) for maker in (puzzles.number_card, puzzles.word_grid)]
    pictures.only = ("number_card",)
    composer = Composer(pictures)
    rng = np.random.default_rng(4)
    assert {composer._source(rng, 0.3, 0.4)[1] for _ in range(40)} == {"photo", "number_card"}


def test_channels_codes_are_mini_program_codes_to_the_detector():
    labels = torch.zeros(1, 2, 9)
    labels[0, 0] = torch.tensor([40.0, 48, 104, 96, CHANNELS, 1, 0, POSITIVE, 0])
    target, _, _, _ = assign(labels, SIDE // STRIDE)
    assert target[0, MINI].sum() > 0 and target.sum() == target[0, MINI].sum()


@pytest.mark.parametrize("seed", range(4))
def test_dots_of_channels_codes_grow_outwards_and_leave_their_corners(seed):
    rng = np.random.default_rng(seed)
    symbol = rounds.draw_channels(rng, lambda: np.full((96, 96), 128, np.uint8))
    height, width = symbol.ink.shape
    y, x = np.mgrid[:height, :width]
    assert symbol.cls == CHANNELS and len(symbol.eyes) == 3
    ex, ey, r = symbol.eyes[0]
    gap = np.abs(np.hypot(x - ex, y - ey) - 1.12 * r) < 0.03 * r
    assert symbol.ink[gap].mean() < 100
    middle = np.hypot(x - width / 2, y - height / 2) < 0.25 * width / 2
    assert symbol.over_alpha[middle].mean() > 200


@pytest.mark.parametrize("maker", sorted(set(live.LIVE), key=lambda maker: maker.__name__))
def test_live_scenes_have_something_in_them(maker):
    image = maker(np.random.default_rng(1))
    assert image.shape == (live.SIDE, live.SIDE) and image.dtype == np.uint8 and image.std() > 3


def test_a_grown_network_says_of_old_kinds_what_it_said(tmp_path):
    torch.manual_seed(0)
    before = fold(Confirmer(outcomes=5).eval())
    after, x = grown(before), torch.rand(3, 1, VIEW, VIEW)
    with torch.no_grad():
        old, new = before(x), after(x)
        assert torch.allclose(old, new[:, :5], atol=1e-5) and (new[:, 5] < new[:, MINI]).all()
        parts = End(after)(Trunk(after)(x))
        assert torch.allclose(parts, new, atol=0.1)
        save(after, x[:1], tmp_path / "grown.safetensors")
        assert torch.allclose(open_folded(tmp_path / "grown.safetensors", Confirmer)(x), new, atol=1e-5)


def test_what_is_wanted_is_the_teachers_opinion_but_of_new_things():
    opinion = torch.tensor([[4.0, 0, 0, 0, 0]] * 3)
    target, kept = wanted(opinion, torch.tensor([QR, CHANNELS, 10 + NOTHING]))
    assert target[0, QR] > 0.9 and target[0, CHANNELS] == 0
    assert target[1].argmax() == CHANNELS and target[2].argmax() == NOTHING
    assert kept.flatten().tolist() == [1, 0, 0]
    assert torch.allclose(target.sum(1), torch.ones(3), atol=1e-5)
