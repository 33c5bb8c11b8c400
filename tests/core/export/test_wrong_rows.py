"""Whatever is shuffled, filtered, edited and undone on the way, each label is at its own item."""

import pytest

from tests.core.export.wrong_rows import MAKE, hunt


@pytest.mark.parametrize("suffix", MAKE)
def test_every_label_is_at_its_own_item(tmp_path, suffix):
    assert hunt(tmp_path, suffix, 300) > 4000
