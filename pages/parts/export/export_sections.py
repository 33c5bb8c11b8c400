"""Sections of the export page: summary, rule, preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.review.final_rule import AGREED, ONLY
from core.store import Row, Store
from core.terms import RULES, VERDICTS, Rule
from core.text import counted
from pages.parts.app.context import image_address

RULE = "final_rule"


def title(count: int) -> str:
    """Return how many labels change, in a sentence."""
    return f"{counted(count, 'label')} {'changes' if count == 1 else 'change'}"


def summary(decided: Sequence[Row]) -> str:
    """Say in one line what was decided: ``40 images reviewed: 12 relabeled, …``."""
    counts = Counter(row["verdict"] for row in decided)
    parts = [
        f"**{counts[verdict]:,}** {term.summary}"
        for verdict, term in VERDICTS.items()
        if counts[verdict]
    ]
    return f"{counted(len(decided), 'image')} reviewed: {', '.join(parts)}."


def shared_summary(decided: Sequence[Row]) -> str:
    """Say how multiple verdicts were resolved; empty where no image has them."""
    shared = [row["rule"] for row in decided if row["rule"] != ONLY]
    counts = {
        phrase: sum(rule.startswith(start) for rule in shared)
        for start, phrase in (
            (AGREED, "agreed"),
            (Rule.MAJORITY, "by majority"),
            (Rule.ADJUDICATED, str(Rule.ADJUDICATED)),
            (Rule.LATEST, "by the latest verdict"),
        )
    }
    parts = [f"**{count:,}** {phrase}" for phrase, count in counts.items() if count]
    images = counted(len(shared), "image")
    return f"{images} with multiple verdicts: {', '.join(parts)}." if parts else ""


def choose_rule(store: Store) -> None:
    """Let the rule be chosen that resolves multiple verdicts; show nothing while there are none."""
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
    return f"{counted(count, 'label')} would change." if count else ""


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
            "resolved by": frame["rule"],
            "time": pd.to_datetime(frame["at"]),
        }
    )
