"""A way for browser parts, which lie in fragments, to have the whole page run."""

from __future__ import annotations

import streamlit as st

PAGE_AGAIN = "second-look:page-again"
"""The event by which a part asks for it."""

_whole_page = st.components.v2.component(
    "second_look_whole_page",
    js="""export default function ({ data, setTriggerValue }) {
      const ask = () => setTriggerValue('again', true)
      window.addEventListener(data.event, ask)
      return () => window.removeEventListener(data.event, ask)
    }""",
)


def listen_for_parts() -> None:
    """Run the page again when a part asks for it; call it outside of any fragment.

    A server that was restarted knows the sessions of before no more. Streamlit's
    client comes back, but where the page's last run was of the whole page it
    does not ask for another, and what a fragment sends is dropped from then on:
    nobody has run the page that would register it.
    """
    _whole_page(key="whole_page", data={"event": PAGE_AGAIN}, on_again_change=lambda: None)
