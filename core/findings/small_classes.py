"""Classes with too few images to judge a label of theirs by the others."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind
from core.terms import FEWEST_JUDGED


def find(examined: Examined) -> list[Finding]:
    """Return the images of each class that has fewer than three, the smallest classes first."""
    rows = np.flatnonzero(examined.labels >= 0)
    _, classes, sizes = np.unique(examined.labels[rows], return_inverse=True, return_counts=True)
    few = np.flatnonzero(sizes[classes] < FEWEST_JUDGED)
    order = few[np.lexsort((rows[few], classes[few], sizes[classes[few]]))]
    parts = np.split(order, np.flatnonzero(np.diff(classes[order])) + 1) if len(order) else []
    return [Finding(rows[part], 1 / sizes[classes[part]]) for part in parts]


FINDING = FindingKind(
    name="small-classes",
    order=4,
    flag="small",
    flag_help="its class has one or two images, too few to judge its label",
    title="Classes too small to judge",
    meaning="A class of one or two images: nothing tells whether their labels are right,"
    " so they are listed here and not among the suspects.",
    one="{n} image is of a class too small to judge",
    many="{n} images are of classes too small to judge",
    find=find,
)
