"""Audits whose embeddings are drawn."""

import pytest

from core.structure.projections import umap_layout
from tests.core.structure.drawn_audits import DrawnAudit, items_of


@pytest.fixture
def plain_map(monkeypatch):
    """PCA in place of UMAP, whose import takes seconds."""
    monkeypatch.setattr(umap_layout, "FEWEST_FOR_UMAP", 10**9)


@pytest.fixture
def drawn_audit(tmp_path):
    """An audit without items yet; see `DrawnAudit.show`."""
    made = DrawnAudit(tmp_path)
    yield made
    made.audit.store.close()


@pytest.fixture
def audit(drawn_audit, plain_map):
    """An audit of 120 items in four classes, three of them unlabeled."""
    return drawn_audit.show(items_of(120, unlabeled=(7, 8, 9)))
