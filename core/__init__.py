"""Second Look without its pages: everything that is read, computed, decided and written.

In a notebook, ``from core import Audit``; see `core.notebook`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.notebook import Audit

__all__ = ["Audit"]


def __getattr__(name: str) -> Any:
    # Every module of the core is imported through here, and hardly any needs the notebook's.
    if name == "Audit":
        from core.notebook import Audit

        return Audit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
