"""The results of a bake-off as a table, and what has to be said with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.audit import AuditError
from core.bakeoff.contenders import CONTENDERS, DEFAULT
from core.bakeoff.results import Comparison, Results, Trial, compare, summary
from core.store import Row
from core.text import counted

FLOOR = (
    "Real label errors in the data count as false alarms here, so these figures are lower bounds."
)


def named(options: Iterable[str]) -> dict[str, str]:
    """Read ``NAME=PLACE`` options; a place without a name goes by its file's.

    Raises
    ------
    AuditError
        When there is nothing at a place, or a name stands for two.
    """
    places: dict[str, str] = {}
    for option in options:
        name, _, place = option.rpartition("=")
        name = name or Path(place).stem
        if not Path(place).exists():
            raise AuditError(f"There is no file or audit {place}.")
        if name in places:
            raise AuditError(f"Two embeddings are called {name}; write NAME={place}.")
        places[name] = place
    return places


def rows(results: Results, trials: Iterable[Trial]) -> list[Row]:
    """Return those trials, a row for each kind, rate, embedding and method."""
    return [
        {name: value for name, value in row.items() if name != "curve"}
        for row in summary(results, trials)
    ]


def in_words(row: Row) -> Row:
    """Return a row as it is printed."""
    shown = {
        "errors": row["kind"],
        "rate": f"{row['rate']:.0%}",
        "embeddings": row["embeddings"],
        "method": row["method"],
        "AP": f"{_short(row['ap'])} [{_short(row['ap_low'])}, {_short(row['ap_high'])}]",
        "P@100": _short(row["p100"]),
    }
    shown |= {f"found at {n} %": _short(row[f"r{n}"]) for n in (1, 2, 5, 10)}
    return shown | {"suggestion": _short(row["suggestion"])}


def columns(shown: Sequence[Row]) -> list[str]:
    """Return the columns to print: the embeddings only where there are several."""
    names = list(in_words(shown[0])) if shown else []
    if len({row["embeddings"] for row in shown}) < 2:
        names = [name for name in names if name != "embeddings"]
    return names


def remarks(results: Results, trials: Iterable[Trial]) -> list[str]:
    """Say what the table is of, and who is ahead."""
    said = [f"Tried on {tried_on(results)}. {FLOOR}"]
    embeddings = dict.fromkeys(trial.embeddings for trial in trials)
    for name in embeddings:
        where = f"With {name}: " if len(embeddings) > 1 else ""
        if found := leader(results, name):
            said.append(where + who_is_ahead(found))
    return said


def tried_on(results: Results) -> str:
    """Return how many images were tried on, in words."""
    if results.n_items == results.n_labeled:
        return f"all {counted(results.n_items, 'labeled image')}"
    of_all = counted(results.n_labeled, "labeled image")
    return f"{results.n_items:,} of {of_all}, drawn from every class"


def leader(results: Results, embeddings: str) -> Comparison | None:
    """Return which detector that can be chosen finds most; None where that cannot be told."""
    able = [name for name, method in CONTENDERS.items() if method.selectable]
    return compare(results, able, DEFAULT, embeddings)


def who_is_ahead(found: Comparison) -> str:
    """Say what `leader` returned."""
    if found.best == DEFAULT:
        return "None finds more than the recommended detector."
    best, ahead = CONTENDERS[found.best].title, found.ahead
    by = f"{_short(ahead.value)} [{_short(ahead.low)}, {_short(ahead.high)}]"
    if found.is_clear:
        return f"{best} finds more than the recommended detector: its AP is {by} higher."
    return f"None is clearly ahead of the recommended detector; {best} leads it by {by}."


def _short(value: float | None) -> str:
    """Return three decimals without the zero before them: ``.752``."""
    if value is None:
        return ""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
