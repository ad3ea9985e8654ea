"""A proposed box as the confirming network sees it: cut out, at one size, turned as one likes."""

import cv2
import numpy as np

VIEW = 112  # pixels of a view's side
CODE = 72.0  # pixels that the longer side of the box takes in it
HALVED_FROM = 1.54  # picture's pixels in one of the view's from which the halved picture is cut, as the product does


def view(image, halved, box, size=CODE, turn=0.0, mirror=False):
    """The surroundings of a box `(x0, y0, x1, y1)`: [VIEW, VIEW] uint8. `halved`: the image at half its size."""
    zoom = max(box[2] - box[0], box[3] - box[1], 4.0) / size
    source, scale = (halved, 2.0) if zoom >= HALVED_FROM else (image, 1.0)
    step = zoom / scale
    cosine, sine = step * np.cos(turn), step * np.sin(turn)
    flip = -1.0 if mirror else 1.0
    matrix = np.array([[cosine * flip, -sine, 0.0], [sine * flip, cosine, 0.0]])
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]) / scale - 0.5
    matrix[:, 2] = middle - matrix[:, :2] @ np.full(2, (VIEW - 1) / 2)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(source, matrix, (VIEW, VIEW), flags=how, borderMode=cv2.BORDER_REPLICATE)


def halved(image):
    return cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
