"""The methods that a bake-off compares, and the reference among them."""

from core.detectors.comparators import COMPARATORS
from core.detectors.entries import Method
from core.detectors.methods import METHODS

_TRAINED_ELSEWHERE = {"predictions"}
"""The user's own classifier was trained on the labels without the synthetic errors."""

CONTENDERS: dict[str, Method] = {
    name: method for name, method in METHODS.items() if name not in _TRAINED_ELSEWHERE
} | COMPARATORS
"""By name; selectable ones come first."""

DEFAULT = next(iter(METHODS))
"""The default method."""
