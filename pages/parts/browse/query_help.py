"""The query language explained, and a mistake in a query shown where it is."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.query.fields import FIELDS, FLAGS, META
from core.query.tree import QueryError
from pages.parts.app.context import plain


def show_mistake(text: str, mistake: QueryError) -> None:
    """Show what is wrong with the query `text`, and where."""
    st.error(plain(str(mistake)), icon=":material/error:")
    if mistake.position is not None:
        mark = " " * mistake.position + "^" * max(1, mistake.length)
        st.code(f"{text}\n{mark}", language=None)


def explain_query(audit: Audit, keys: str) -> None:
    """Show how queries are written, the page's `keys`, and all that can be asked."""
    meanings = {field.example: field.meaning for name, field in FIELDS.items() if name != "is"}
    meanings |= {f"is:{flag}": meaning for flag, meaning in FLAGS.items()}
    st.markdown(
        "Terms next to each other must all hold. `-` before a term negates it, `or` between two"
        " needs one of them, parentheses group. `given:cat,dog` matches either, `*` matches any"
        " text, quotes keep words together. A word without a field is searched in the path."
    )
    st.markdown(keys)
    rows = [f"| `{example}` | {plain(meaning)} |" for example, meaning in meanings.items()]
    rows += [f"| {plain(name)}: | a column of your table |" for name in own_columns(audit)]
    st.markdown("\n".join(["| query | meaning |", "|---|---|", *rows]))


def own_columns(audit: Audit) -> list[str]:
    """Return the columns of the input that no other field covers."""
    return [name for name in audit.store.input_columns() if name not in ("path", "label")]


def column_fields(audit: Audit) -> list[str]:
    """Return the fields of `own_columns`."""
    return [f"{META}{name}" for name in own_columns(audit)]
