"""Finds the entries of a registry: those that the modules of a package hold."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, TypeVar


class Entry(Protocol):
    """What an entry needs to have: a name of its own, and its place among the others."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def order(self) -> int:
        """Its place; the lowest comes first."""


E = TypeVar("E", bound=Entry)


def entries(package: str, kind: type[E]) -> dict[str, E]:
    """Return the entries that modules of a package hold at their top level.

    A module with an entry is all that it takes to add a detector, a finding, a
    reader or a writer: nothing lists them.

    Parameters
    ----------
    package : str
        Its dotted name; its modules are imported, subpackages are not.
    kind : type
        Class of the entries.

    Returns
    -------
    dict
        By name, in the order of ``order``, then of the names.

    Raises
    ------
    ValueError
        When two entries have one name.
    """
    found: dict[str, E] = {}
    for info in pkgutil.iter_modules(import_module(package).__path__):
        if info.ispkg:
            continue
        module = import_module(f"{package}.{info.name}")
        for entry in [value for value in vars(module).values() if isinstance(value, kind)]:
            if found.setdefault(entry.name, entry) is not entry:
                raise ValueError(f"{package} has two entries called {entry.name!r}.")
    ordered = sorted(found.values(), key=lambda entry: (entry.order, entry.name))
    return {entry.name: entry for entry in ordered}
