"""Published scores that the detectors are compared with; none of them ranks an audit.

To add one, write a module in this folder with a module-level ``Method`` whose
`selectable` is False.
"""

from core.detectors.entries import Method, methods_of, module_values

COMPARATORS: dict[str, Method] = methods_of(module_values(__path__, __name__))

__all__ = ["COMPARATORS"]
