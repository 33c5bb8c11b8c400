"""A store of twelve items, made once; tests only read it."""

import pytest

from core.store import Store
from tests.core.query.making import facts, fill


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("browse") / "audit.db")
    fill(store)
    yield store
    store.close()


@pytest.fixture(scope="session")
def items(filled):
    return facts(filled)
