"""Audits that exports are made of: listed, but not computed."""

import pytest

from core.audit import Audit
from core.pipeline import list_items


@pytest.fixture
def listed(tmp_path):
    """Make audits of sources, and close them in the end; each keeps the `listing` it is made of."""
    opened = []

    def make(source):
        folder = tmp_path / (f"audit {len(opened)}" if opened else "audit")
        audit = Audit.create(folder, source)
        opened.append(audit)
        audit.listing = list_items(audit)
        return audit

    yield make
    for audit in opened:
        audit.store.close()
