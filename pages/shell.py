"""The frame of every page: setting, navigation, the open audit, the auditor."""

from pathlib import Path

import streamlit as st

from core import demo
from core.audit import AuditError
from pages.parts.app import context
from pages.parts.app.audit_choice import (
    asked_for,
    begins_at_entrance,
    choose_audit,
    resume_audit,
)
from pages.parts.app.sign_in import require_login, show_way_out
from pages.parts.shared.whole_page import listen_for_parts

HERE = Path(__file__).parent

st.set_page_config(
    "Second Look", HERE / "parts" / "app" / "icon.svg", layout="wide", initial_sidebar_state=236
)
st.logo(HERE / "parts" / "app" / "logo.svg", size="large")

page = st.navigation(
    {
        "": [
            st.Page(HERE / "audits.py", title="Audits"),
            st.Page(HERE / "overview.py", title="Overview", default=True),
            st.Page(HERE / "review.py", title="Review"),
            st.Page(HERE / "browse.py", title="Browse"),
            st.Page(HERE / "item.py", title="History", visibility="hidden"),
        ],
        "Explore": [
            st.Page(HERE / "map.py", title="Map"),
            st.Page(HERE / "search.py", title="Search"),
            st.Page(HERE / "classes.py", title="Classes"),
            st.Page(HERE / "detectors.py", title="Detectors"),
        ],
        "Result": [
            st.Page(HERE / "agreement.py", title="Agreement"),
            st.Page(HERE / "export.py", title="Export"),
        ],
    }
)

is_entrance = page.url_path == "audits"
if asked_for() is None:  # who asks for an audit that is gone does not ask for the demo
    try:
        demo.ensure(context.library())
    except AuditError as error:
        st.error(str(error))
listing = context.library().listing()

require_login()
if not is_entrance and begins_at_entrance(listing, is_start=page.url_path == ""):
    st.switch_page("audits.py")
audit = resume_audit() if is_entrance else choose_audit(listing)
with st.sidebar:
    name = context.auditor()
    if known := [context.plain(text) for text in (audit and audit.name, name) if text]:
        st.caption(" · ".join(known))
    if name:
        show_way_out()
    listen_for_parts()
    # Here, and not before the page: an element more would draw what follows anew.
    context.keep_auditor_cookie()

context.telling_damage(page.run)()
