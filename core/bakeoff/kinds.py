"""The registry of kinds of synthetic label noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from core.bakeoff.noise import (
    NoisyLabels,
    clustered,
    confused,
    instance_dependent,
    near_boundary,
    pair,
    uniform,
)
from core.detectors.estimator import FloatArray, IntArray


class Kind(NamedTuple):
    """A kind of label noise.

    Attributes
    ----------
    name, title, about : str
    plant : callable
        Takes labels, number of classes, rate, generator, vectors and groups;
        returns noisy labels.
    """

    name: str
    title: str
    about: str
    plant: Callable[
        [IntArray, int, float, np.random.Generator, FloatArray, IntArray | None], NoisyLabels
    ]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "uniform",
            "Uniform",
            "Any other label, on any image.",
            lambda labels, k, rate, rng, _, groups: uniform(labels, k, rate, rng, groups),
        ),
        Kind(
            "confused",
            "Class-dependent",
            "A label that the class is often confused with.",
            confused,
        ),
        Kind(
            "near-boundary",
            "Near the boundary",
            "The other label, on images between two classes.",
            near_boundary,
        ),
        Kind(
            "clustered",
            "Clustered",
            "One wrong label for a cluster of similar images.",
            clustered,
        ),
        Kind(
            "pair",
            "Pair-flip",
            "Always the label that the class is confused with most.",
            pair,
        ),
        Kind(
            "instance",
            "Instance-dependent",
            "A probability and a label that depend on the image.",
            instance_dependent,
        ),
    )
}
"""By name, the default ones first."""

USUAL_KINDS = ("uniform", "confused", "near-boundary", "clustered")
