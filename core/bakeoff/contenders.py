"""Everything that can be tried, and what the others are measured against."""

from core.detectors.comparators import COMPARATORS
from core.detectors.methods import METHODS, Method

CONTENDERS: dict[str, Method] = METHODS | COMPARATORS
"""By name; those that can be chosen come first."""

DEFAULT = next(iter(METHODS))
"""The method that ranks unless another is chosen."""
