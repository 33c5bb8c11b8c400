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
    corrupt : callable
        Takes labels, number of classes, rate, generator, vectors and groups;
        returns noisy labels.
    """

    name: str
    title: str
    about: str
    corrupt: Callable[
        [IntArray, int, float, np.random.Generator, FloatArray, IntArray | None], NoisyLabels
    ]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "uniform",
            "Uniform",
            "Any other class with equal probability, on any image.",
            lambda labels, k, rate, rng, _, groups: uniform(labels, k, rate, rng, groups),
        ),
        Kind(
            "confused",
            "Class-dependent",
            "A class that the true one is often confused with.",
            confused,
        ),
        Kind(
            "near-boundary",
            "Near the decision boundary",
            "The other class, on images between two classes.",
            near_boundary,
        ),
        Kind(
            "clustered",
            "Clustered",
            "One wrong label for a group of similar images.",
            clustered,
        ),
        Kind(
            "pair",
            "Pair-flip",
            "Always the class that the true one is most often confused with.",
            pair,
        ),
        Kind(
            "instance",
            "Instance-dependent",
            "Each image has its own probability of an error, and its own wrong class.",
            instance_dependent,
        ),
    )
}
"""By name, the default ones first."""

USUAL_KINDS = ("uniform", "confused", "near-boundary", "clustered")
