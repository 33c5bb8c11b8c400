"""The kinds of noise by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from core.bakeoff.noise import (
    Planted,
    clustered,
    confused,
    instance_dependent,
    near_boundary,
    pair,
    uniform,
)
from core.detectors.estimator import FloatArray, IntArray


class Kind(NamedTuple):
    """A kind of noise as people know it, and how it is planted.

    Attributes
    ----------
    name, title, about : str
    plant : callable
        Takes labels, number of classes, rate, generator, vectors and groups.
    """

    name: str
    title: str
    about: str
    plant: Callable[
        [IntArray, int, float, np.random.Generator, FloatArray, IntArray | None], Planted
    ]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "uniform",
            "Slips",
            "Any other label, on any image.",
            lambda labels, k, rate, rng, _, groups: uniform(labels, k, rate, rng, groups),
        ),
        Kind(
            "confused",
            "Confused classes",
            "A label that this class is mistaken for.",
            confused,
        ),
        Kind(
            "near-boundary",
            "Borderline images",
            "The other label, between two classes.",
            near_boundary,
        ),
        Kind(
            "clustered",
            "Whole groups",
            "One wrong label for images that look alike.",
            clustered,
        ),
        Kind(
            "pair",
            "One way only",
            "Always the label it is mistaken for most.",
            pair,
        ),
        Kind(
            "instance",
            "Image by image",
            "Each image has its own chance, and its own label.",
            instance_dependent,
        ),
    )
}
"""By name, the usual ones first."""

USUAL_KINDS = ("uniform", "confused", "near-boundary", "clustered")
