"""Writers: the formats that corrected labels are given back in.

To add a format, add a module here that ends with a `Writer` called ``WRITER``.
The export page and the command line offer it by its name.
"""

from __future__ import annotations

from core.export.writers.writer import Writer
from core.registry import entries

__all__ = ["WRITERS", "Writer"]

WRITERS: dict[str, Writer] = entries(__name__, Writer)
"""Every writer by name; the first is the default."""
