"""Pieces of SQL that say what `core.terms` says, so that no statement repeats it."""

from __future__ import annotations

from collections.abc import Iterable

from core.terms import CLASS_SEPARATOR, VERDICTS


def listed(names: Iterable[str]) -> str:
    """Return names of our own as a list in SQL.

    Examples
    --------
    >>> listed(["none", "bad image"])
    "('none', 'bad image')"
    """
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


_UNSURE = [verdict for verdict, term in VERDICTS.items() if not term.is_sure]

UNSURE = listed(_UNSURE)
"""The verdicts that decide nothing while somebody else is sure."""

IS_UNSURE = "(" + " or ".join(f"verdict = '{one}'" for one in _UNSURE) + ")"
"""That a row's verdict is one of them, so written that SQLite finds the index of just these."""

CONFIRMING = listed(v for v, term in VERDICTS.items() if term.leaves == "given" and term.is_sure)
"""The verdicts that confirm a label, so that they hold for that label only."""

LEAVES_GIVEN = listed(verdict for verdict, term in VERDICTS.items() if term.leaves == "given")


TURN = "coalesce({0}.after_id, {0}.id)"
"""The place of a row of the log in the order of time: imported ones are between this audit's own.

Rows of this audit follow each other as they came, whatever the clock said; one that was imported
comes after the newest of them that is not younger.
"""


def is_later(one: str, other: str) -> str:
    """Return the condition that a verdict of a view, such as `later`, follows another.

    Examples
    --------
    >>> is_later("later", "v")
    '(later.turn, later.at, later.id) > (v.turn, v.at, v.id)'
    """
    return f"({one}.turn, {one}.at, {one}.id) > ({other}.turn, {other}.at, {other}.id)"


def latest_first(row: str) -> str:
    """Return the order of verdicts of a view, the newest first.

    Examples
    --------
    >>> latest_first("v")
    'v.turn desc, v.at desc, v.id desc'
    """
    return f"{row}.turn desc, {row}.at desc, {row}.id desc"


SEVERAL = listed(verdict for verdict, term in VERDICTS.items() if term.classes[1] is None)
"""The verdicts that may leave an item with several labels."""


def _final(choice: str, given: str, named: str) -> str:
    """Return an expression over the classes that an item is left with, or its given label.

    This is the one place that says which. A choice names the classes that fit;
    where it names none, the verdict leaves the given label or no label.
    """
    return f"""case
  when {choice} is null or {choice} in {LEAVES_GIVEN} then {given}
  when {choice} glob '[0-9]*' then (
    select {named}
    from json_each('[' || replace({choice}, '{CLASS_SEPARATOR}', ',') || ']') chosen
    cross join classes on classes.id = chosen.value)
  end"""


def final_label(choice: str, given: str) -> str:
    """Return the expression of the label that an item leaves the audit with.

    Parameters
    ----------
    choice : str
        Expression of the ``choice`` of the verdict that decides; null where
        there is none.
    given : str
        Expression of the name of the class that the input gives now.

    Returns
    -------
    str
        Names of classes, joined by ``|`` where several fit; null for no label.
        A name may hold that character too: `final_labels` tells them apart.
    """
    return _final(choice, given, f"group_concat(name, '{CLASS_SEPARATOR}')")


def final_labels(choice: str, given: str) -> str:
    """Return the same as `final_label`, as a JSON list of names; null for no label."""
    given = f"case when {given} is not null then json_array({given}) end"
    return _final(choice, given, "json_group_array(name)")
