"""The methods that a bake-off compares, and the reference among them."""

from core.detectors.comparators import COMPARATORS
from core.detectors.entries import Method
from core.detectors.fine_tuned_member import FINE_TUNED
from core.detectors.methods import METHODS
from core.detectors.pool import POOL

_TRAINED_ELSEWHERE = {"predictions"}
"""The user's own classifier was trained on the labels without the synthetic errors."""

WITH_NETWORK = Method(
    FINE_TUNED,
    "Pool with fine-tuned network",
    "The pool, joined by the network that is trained anew on the labels with these errors.",
    order=5,
    rank=POOL.rank,
)
"""Trained anew for every trial, which takes minutes: only where it is asked for."""

CONTENDERS: dict[str, Method] = {
    name: method for name, method in METHODS.items() if name not in _TRAINED_ELSEWHERE
} | {WITH_NETWORK.name: WITH_NETWORK, **COMPARATORS}
"""By name; selectable ones come first."""

USUAL = tuple(name for name in CONTENDERS if name != WITH_NETWORK.name)
"""Names of those that are compared unless others are named."""

DEFAULT = next(iter(METHODS))
"""The default method."""
