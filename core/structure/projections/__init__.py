"""Layouts of the map, a module each.

To add one, write a module here with a `LayoutMethod` at its top level: its
name, its title, one sentence, and the function that takes vectors, their graph,
a seed and a progress, and returns float32 (n, 2) in any scale. The same seed
must give the same positions. The command line, the stored layouts, the share of
true neighbors kept and the page follow; nothing else lists the layouts.
"""

from core.registry import entries
from core.structure.projections.layout_method import LayoutInput, LayoutMethod, Plane

LAYOUTS = entries(__name__, LayoutMethod)
"""By name, the default first."""

__all__ = ["LAYOUTS", "LayoutInput", "LayoutMethod", "Plane"]
