"""Everything that can be tried, and what the others are measured against."""

from core.detectors.comparators import COMPARATORS
from core.detectors.methods import METHODS, Method

_KNOWS_THE_LABELS = {"predictions"}
"""A classifier of the user's own has seen the labels as they were before errors were planted."""

CONTENDERS: dict[str, Method] = {
    name: method for name, method in METHODS.items() if name not in _KNOWS_THE_LABELS
} | COMPARATORS
"""By name; those that can be chosen come first."""

DEFAULT = next(iter(METHODS))
"""The method that ranks unless another is chosen."""
