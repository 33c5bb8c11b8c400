"""Sections of the export page: summary, rule, preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.export.changes import LEFT_OUT
from core.export.corrected import CorrectedItem
from core.export.review_summary import review_summary
from core.review.final_rule import AGREED, ONLY
from core.store import Store
from core.terms import CLASS_SEPARATOR, RULES, Rule
from core.text import counted
from pages.parts.app.context import image_address

RULE = "final_rule"


def title(count: int) -> str:
    """Return how many labels change, in a sentence."""
    return f"{counted(count, 'label')} {'changes' if count == 1 else 'change'}"


def summary(decided: Sequence[CorrectedItem]) -> str:
    """Say in one line what was decided: ``40 images reviewed: 12 relabeled, …``."""
    return review_summary(len(decided), Counter(item.verdict for item in decided), "**{:,}**")


def shared_summary(decided: Sequence[CorrectedItem]) -> str:
    """Say how multiple verdicts were resolved; empty where no image has them."""
    shared = [item.rule for item in decided if item.rule != ONLY]
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


def changes_frame(audit: Audit, items: Sequence[CorrectedItem]) -> pd.DataFrame:
    """Return the preview's table: what becomes of items that were decided."""
    return pd.DataFrame(
        {
            "image": [image_address(audit, item.id, item.content_hash) for item in items],
            "path": [item.path for item in items],
            "given label": [item.given for item in items],
            "final label": [
                LEFT_OUT if item.is_left_out else CLASS_SEPARATOR.join(item.labels)
                for item in items
            ],
            "verdict": [item.verdict for item in items],
            "auditor": [item.auditors[0] for item in items],
            "resolved by": [item.rule for item in items],
            "time": pd.to_datetime([item.at for item in items]),
        }
    )
