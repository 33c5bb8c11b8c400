"""Two audits compared: what differs, in counts and in pictures that open on the desk."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.audit import Audit, AuditError, fingerprint
from core.audit.comparison import DIFFERENCES, AuditComparison, Pair, compare_audits
from core.audit.library import Listed
from core.review.queues.queue import Queue
from core.store import Row, StoreError
from core.text import counted
from pages.parts.app import context
from pages.parts.app.audit_choice import PARAM
from pages.parts.app.context import plain
from pages.parts.gallery.gallery import gallery

SHOWN = 18
LEFT, RIGHT, WAY = "compare_left", "compare_right", "compare_way"
ONLY_LEFT, ONLY_RIGHT = "only_left", "only_right"


def show_comparison(entries: Sequence[Listed]) -> None:
    """Let two of the audits be compared; nothing where there are no two."""
    audits = {one.address: one for one in entries if one.audit is not None and _is_ranked(one)}
    if len(audits) < 2:
        return
    st.header("Compare two audits")
    st.caption("Of the same images: two networks, two labeled versions, before and after.")
    names = {address: entry.name for address, entry in audits.items()}
    for key in (LEFT, RIGHT):  # one that was deleted since is no choice any more
        if st.session_state.get(key) not in names:
            st.session_state[key] = None
    columns = st.columns(2, gap="small")
    for column, key, title in zip(columns, (LEFT, RIGHT), ("One", "The other"), strict=True):
        column.selectbox(
            title, list(names), index=None, key=key, format_func=names.__getitem__,
            placeholder="Choose an audit",
        )  # fmt: skip
    left, right = (audits.get(st.session_state[key] or "") for key in (LEFT, RIGHT))
    if left is None or right is None or left == right:
        return
    assert left.audit is not None
    assert right.audit is not None
    try:
        found = _compared(
            left.audit.opened + left.audit.store.revision(),
            right.audit.opened + right.audit.store.revision(),
            context.auditor() or "", left.audit, right.audit,
        )  # fmt: skip
    except (AuditError, StoreError) as refusal:
        st.warning(plain(str(refusal)))
        return
    _show_found(found, left, right)


def _is_ranked(entry: Listed) -> bool:
    try:
        return entry.audit is not None and entry.audit.is_ranked
    except StoreError:
        return False


@st.cache_resource(max_entries=4, show_spinner="Comparing …")
def _compared(
    left_state: str, right_state: str, auditor: str, _left: Audit, _right: Audit
) -> AuditComparison:
    return compare_audits(_left, _right, auditor)


def _show_found(found: AuditComparison, left: Listed, right: Listed) -> None:
    st.markdown(
        f"**{counted(found.both, 'image')}** in both, **{found.suspect_in_both:,}** of them"
        " suspect in both."
    )
    ways = _ways(found, left, right)
    if not ways:
        st.success("Nothing differs between them.")
        return
    titles = {name: f"{len(pairs):,} {title}" for name, (title, pairs) in ways.items()}
    if st.session_state.get(WAY) not in ways:
        st.session_state[WAY] = next(iter(ways))
    chosen = st.pills(
        "What differs", list(ways), key=WAY, format_func=lambda name: plain(titles.get(name, "")),
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    if chosen is not None:
        _show_pairs(chosen, ways[chosen][1], left, right)


def _ways(
    found: AuditComparison, left: Listed, right: Listed
) -> dict[str, tuple[str, Sequence[Pair]]]:
    """Return what differs at all: how it is called, and the images."""
    every = {
        ONLY_LEFT: (f"only in {left.name}", found.only_left),
        ONLY_RIGHT: (f"only in {right.name}", found.only_right),
    }
    for name, pairs in found.different.items():
        title = DIFFERENCES[name].title.format(left=left.name, right=right.name)
        every[name] = (title, pairs)
    return {name: (title, pairs) for name, (title, pairs) in every.items() if pairs}


def _show_pairs(way: str, pairs: Sequence[Pair], left: Listed, right: Listed) -> None:
    is_right = way == ONLY_RIGHT or (way in DIFFERENCES and DIFFERENCES[way].in_right)
    audit, other = (right.audit, left) if is_right else (left.audit, right)
    assert audit is not None
    ids = [row["id"] for pair in pairs if (row := pair.right if is_right else pair.left)]
    cards = audit.store.items(ids[:SHOWN])
    items = [_labeled(cards[one], way, pair) for one, pair in zip(ids[:SHOWN], pairs, strict=False)]
    if clicked := gallery(audit, items, key=f"compare_{audit.id}_{way}"):
        _open(audit, Queue(everything=True), clicked)
    if len(pairs) > SHOWN:
        st.caption(f"The {SHOWN} most suspect of {len(pairs):,}.")
    if st.button(f"Review {'these' if len(pairs) > 1 else 'this'} {counted(len(pairs), 'image')}"):
        selection = fingerprint(sorted(ids))[:12]
        title = f"{counted(len(ids), 'image')} that differ from {other.name}"
        audit.store.add_selection(selection, title, ids, again=True)
        _open(audit, Queue(selection=selection))


def _labeled(card: Row, way: str, pair: Pair) -> Row:
    """Return a picture with the two labels that differ."""
    if pair.left is None or pair.right is None:
        return card | {"suggested": None}
    difference = DIFFERENCES[way]
    labels = {
        "given": difference.before(pair.left, pair.right) or "no label",
        "suggested": difference.after(pair.left, pair.right) or "no label",
    }
    return card | labels


def _open(audit: Audit, queue: Queue, item: str | None = None) -> None:
    """Go to the desk of one of the two audits."""
    params = {PARAM: audit.id} | queue.params() | ({"item": item} if item else {})
    st.switch_page("review.py", query_params=params)
