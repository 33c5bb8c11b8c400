"""The frame of every page: setting, navigation, the open audit, the auditor."""

from pathlib import Path

import streamlit as st

from core import demo
from core.audit import AuditError
from pages.parts.app import context
from pages.parts.app.audit_choice import asked_for, choose_audit
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
            st.Page(HERE / "overview.py", title="Overview", default=True),
            st.Page(HERE / "review.py", title="Review"),
            st.Page(HERE / "browse.py", title="Browse"),
            st.Page(HERE / "item.py", title="History", visibility="hidden"),
        ],
        "Explore": [
            st.Page(HERE / "map.py", title="Map"),
            st.Page(HERE / "classes.py", title="Classes"),
            st.Page(HERE / "detectors.py", title="Detectors"),
        ],
        "Result": [
            st.Page(HERE / "agreement.py", title="Agreement"),
            st.Page(HERE / "export.py", title="Export"),
        ],
    }
)

if asked_for() is None:  # who asks for an audit that is gone does not ask for the demo
    try:
        demo.ensure(context.library())
    except AuditError as error:
        st.error(str(error))
listing = context.library().listing()
if not listing and asked_for() is None:
    st.title("No audit to open")
    st.write("Make one on the command line, then reload this page:")
    st.code(f"python -m core audit IMAGES --into {context.library().home / 'NAME'}", language="sh")
    st.stop()

require_login()
audit = st.session_state["open_audit"] = choose_audit(listing)
with st.sidebar:
    name = context.auditor()
    st.caption(" · ".join(context.plain(text) for text in (audit.name, name) if text))
    if name:
        show_way_out()
    listen_for_parts()

context.keep_auditor_cookie()
context.telling_damage(page.run)()
