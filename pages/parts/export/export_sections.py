"""What the export page says and shows of the decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.review.final_rule import AGREED, ONLY
from core.store import Row, Store
from core.terms import RULES, VERDICTS, Rule
from pages.parts.app.context import image_address

RULE = "final_rule"


def summary(decided: Sequence[Row]) -> str:
    """Say in one line what was decided: ``Of 40 images reviewed, 12 are relabeled, …``."""
    counts = Counter(row["verdict"] for row in decided)
    parts = [
        f"**{counts[verdict]:,}** {term.summary}"
        for verdict, term in VERDICTS.items()
        if counts[verdict]
    ]
    return f"{len(decided):,} images reviewed: {', '.join(parts)}."


def shared_summary(decided: Sequence[Row]) -> str:
    """Say how the labels came about that several people have judged; empty where none is."""
    shared = [row["rule"] for row in decided if row["rule"] != ONLY]
    counts = {
        phrase: sum(rule.startswith(start) for rule in shared)
        for start, phrase in (
            (AGREED, "agreed"),
            (Rule.MAJORITY, "by majority"),
            (Rule.ADJUDICATED, "adjudicated"),
            (Rule.LATEST, "by the latest verdict"),
        )
    }
    parts = [f"**{count:,}** {phrase}" for phrase, count in counts.items() if count]
    plural = "image" if len(shared) == 1 else "images"
    return (
        f"Of {len(shared):,} {plural} with several verdicts: {', '.join(parts)}." if parts else ""
    )


def choose_rule(store: Store) -> None:
    """Let the rule be chosen by which one label is final; silent while there is no choice."""
    if not store.shared_annotations():
        return
    rule = store.final_rule()
    changes = store.changes_by_rule()
    st.session_state[RULE] = rule  # another window may have chosen
    st.radio(
        "How to resolve multiple verdicts",
        list(map(str, RULES)),
        format_func=lambda name: RULES[Rule(name)].title,
        captions=[
            f"{term.meaning} {_changes(changes[one])}".strip() for one, term in RULES.items()
        ],
        key=RULE,
        on_change=lambda: store.set_final_rule(st.session_state[RULE]),
    )


def _changes(count: int) -> str:
    if not count:
        return ""
    return "1 label would change." if count == 1 else f"{count:,} labels would change."


def changes_frame(audit: Audit, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the preview's table, the latest verdict first."""
    frame = pd.DataFrame(rows)
    return pd.DataFrame(
        {
            "image": [image_address(audit, row["id"], row["content_hash"]) for row in rows],
            "path": frame["path"],
            "given label": frame["given"],
            "final label": frame["final"],
            "verdict": frame["verdict"],
            "auditor": frame["auditor"],
            "how": frame["rule"],
            "time": pd.to_datetime(frame["at"]),
        }
    )
