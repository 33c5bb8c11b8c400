"""Frames of what is listed and computed, and errors where it is not."""

import numpy as np
import pandas as pd
import pytest

from core.findings import FINDINGS
from core.notebook import AuditError
from core.query.parse import QueryError

NOT_COMPUTED = {
    "suspects": lambda audit: audit.suspects(),
    "findings": lambda audit: audit.findings(),
    "embedding": lambda audit: audit.embedding(),
    "whitened embedding": lambda audit: audit.embedding(whitened=True),
    "projection": lambda audit: audit.projection(),
    "neighbors": lambda audit: audit.neighbors_of("0" * 16),
}


@pytest.mark.parametrize("method", NOT_COMPUTED.values(), ids=NOT_COMPUTED)
def test_what_is_not_computed_yet_is_an_error_that_names_the_folder(unranked, method):
    with pytest.raises(AuditError, match="compute it first") as error:
        method(unranked)
    assert str(unranked.folder) in str(error.value)
    assert len(str(error.value)) < 300


def test_an_audit_that_is_not_ranked_lists_its_items(unranked):
    items = unranked.items()
    assert list(items["path"]) == ["cat/a.jpg"]
    assert items["suspicion"].isna().all()
    assert list(unranked.query("given:cat")["path"]) == ["cat/a.jpg"]


def test_an_audit_that_is_not_ranked_has_no_classes_or_confusions(unranked):
    assert unranked.classes().empty
    assert unranked.confusions().empty
    assert list(unranked.confusions().columns) == ["given", "suggested", "count", "reviewed"]


def test_an_audit_that_is_not_ranked_has_a_representation(unranked):
    assert repr(unranked) == "<Audit 'unranked': 1 image, 1 class, 0 suspect labels, 0 reviewed>"


def test_an_unknown_finding_is_an_error_that_lists_those_there_are(audit):
    with pytest.raises(AuditError, match="no finding 'ghosts'") as error:
        audit.findings("ghosts")
    assert all(name in str(error.value) for name in FINDINGS)


@pytest.mark.parametrize("item_id", ["", "0" * 16, "12.jpg"])
def test_neighbors_of_an_unknown_item_are_an_error(audit, item_id):
    with pytest.raises(AuditError, match=f"no neighbors of an item {item_id!r}"):
        audit.neighbors_of(item_id)


@pytest.mark.parametrize("query", ["given:", "suspicion:>high", "nobody:knows"])
def test_a_query_that_cannot_be_parsed_is_an_error(audit, query):
    with pytest.raises(QueryError):
        audit.query(query)


def test_findings_of_all_kinds_are_those_of_each_kind(audit):
    each = [audit.findings(kind) for kind in FINDINGS]
    pd.testing.assert_frame_equal(
        audit.findings(), pd.concat([each[0], *[one for one in each[1:] if len(one)]])
    )


def test_whitened_embeddings_have_the_stored_similarities_as_products(audit):
    vectors = audit.embedding(whitened=True)
    suspect = audit.suspects().index[0]
    neighbors = audit.neighbors_of(suspect, k=5)
    products = vectors.loc[neighbors.index] @ vectors.loc[suspect]
    np.testing.assert_allclose(products, neighbors["similarity"], atol=2e-3)
    assert neighbors["similarity"].is_monotonic_decreasing
    assert not neighbors["copy"].any()


def test_frames_join_by_item_id(audit):
    joined = audit.suspects()[["given"]].join(audit.projection()).join(audit.embedding())
    assert joined.shape == (1, 1 + 2 + 1280)
    assert joined.notna().all(axis=None)
