"""Finds the entries of a registry: one in each module of a package that has one."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any


def entries(package: str, attribute: str) -> list[Any]:
    """Return what modules of a package call `attribute`, by its ``order``.

    A module with such an entry is all that it takes to add a finding, a reader
    or a writer: nothing lists them.

    Parameters
    ----------
    package : str
        Its dotted name; its modules are imported.
    attribute : str
        Name of the entry in each module; modules without it are passed over.

    Returns
    -------
    list
        Sorted by the entries' ``order``, then by module name.

    Raises
    ------
    ValueError
        When two entries have one name.
    """
    path = import_module(package).__path__
    modules = [import_module(f"{package}.{info.name}") for info in pkgutil.iter_modules(path)]
    found = [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
    names = [entry.name for entry in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{package} has two entries called {min(twice)!r}.")
    return sorted(found, key=lambda entry: entry.order)
