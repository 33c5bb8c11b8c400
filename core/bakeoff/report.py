"""The results of a bake-off as a table, with remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.audit import AuditError
from core.bakeoff.contenders import CONTENDERS, DEFAULT
from core.bakeoff.results import Comparison, Results, Trial, compare, summary
from core.store import Row
from core.text import counted

FLOOR = "Real label errors count as false positives here, so these figures are lower bounds."


def named(options: Iterable[str]) -> dict[str, str]:
    """Parse ``NAME=PLACE`` options; the name defaults to the file's.

    Raises
    ------
    AuditError
        When a place does not exist, or a name is used twice.
    """
    places: dict[str, str] = {}
    for option in options:
        name, _, place = option.rpartition("=")
        name = name or Path(place).stem
        if not Path(place).exists():
            raise AuditError(f"There is no file or audit {place}.")
        if name in places:
            raise AuditError(f"Two embeddings have the name {name}; write NAME={place}.")
        places[name] = place
    return places


def rows(results: Results, trials: Iterable[Trial]) -> list[Row]:
    """Return the scores of those trials, a row for each kind, rate, embedding and method."""
    return [
        {name: value for name, value in row.items() if name != "curve"}
        for row in summary(results, trials)
    ]


def formatted(row: Row) -> Row:
    """Return a row formatted for printing."""
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
    names = list(formatted(shown[0])) if shown else []
    if len({row["embeddings"] for row in shown}) < 2:
        names = [name for name in names if name != "embeddings"]
    return names


def remarks(results: Results, trials: Iterable[Trial]) -> list[str]:
    """Return the sentences below the table: the data, and the best detector."""
    sentences = [f"Measured on {described_sample(results)}. {FLOOR}"]
    embeddings = dict.fromkeys(trial.embeddings for trial in trials)
    for name in embeddings:
        where = f"With {name}: " if len(embeddings) > 1 else ""
        if found := best_detector(results, name):
            sentences.append(where + comparison_sentence(found))
    return sentences


def described_sample(results: Results) -> str:
    """Return how many images were sampled, as a phrase."""
    if results.n_items == results.n_labeled:
        return f"all {counted(results.n_items, 'labeled image')}"
    of_all = counted(results.n_labeled, "labeled image")
    return f"{results.n_items:,} of {of_all}, drawn from every class"


def best_detector(results: Results, embeddings: str) -> Comparison | None:
    """Compare the best selectable detector with the default; None without results of it."""
    selectable = [name for name, method in CONTENDERS.items() if method.selectable]
    return compare(results, selectable, DEFAULT, embeddings)


def comparison_sentence(found: Comparison) -> str:
    """Return the comparison as a sentence."""
    if found.best == DEFAULT:
        return "None finds more than the recommended detector."
    best, lead = CONTENDERS[found.best].title, found.lead
    by = f"{_short(lead.value)} [{_short(lead.low)}, {_short(lead.high)}]"
    if found.is_clear:
        return f"{best} finds more than the recommended detector: its AP is {by} higher."
    return f"None is clearly ahead of the recommended detector: the AP of {best} is {by} higher."


def _short(value: float | None) -> str:
    """Return three decimals without the zero before them: ``.752``."""
    if value is None:
        return ""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
