"""Published scores that the detectors are compared with; none of them ranks an audit.

To add one, write a module in this folder with a module-level ``Method`` whose
`selectable` is False.
"""

from core.detectors.entries import Method
from core.registry import entries

COMPARATORS: dict[str, Method] = entries(__name__, Method)
"""By name."""

__all__ = ["COMPARATORS"]
