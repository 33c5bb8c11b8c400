"""Whatever becomes of files and labels between runs, a verdict stays with its picture."""

import pytest

from tests.core.store.histories import play


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_every_verdict_stays_with_its_picture_and_in_the_log_once(first):
    played = [play(seed) for seed in range(first, first + 20)]
    assert sum(counts["verdicts found with their picture"] for counts in played) > 100
