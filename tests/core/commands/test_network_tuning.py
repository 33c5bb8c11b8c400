"""The command `fine-tune`, on eighteen photographs and small pictures."""

import pytest

from core.fine_tuning import split_network, tuning_run
from core.ranking.fine_tuned_input import FINE_TUNE, FINE_TUNED_NOTE


@pytest.fixture
def small(monkeypatch):
    """Allow few images, and train on pictures of 64 pixels."""

    def of(cls, backbone):
        return cls(split_network.VARIANTS["efficientnet_lite0"], 64)

    monkeypatch.setattr(tuning_run, "FEWEST", 10)
    monkeypatch.setattr(split_network.SplitNetwork, "of", classmethod(of))


def states(audit):
    run = audit.store.latest_run("fine-tune")
    return run["state"], [step["state"] for step in run["steps"]]


def test_it_trains_ranks_anew_and_is_judged_and_turned_off(command, ranked, small):
    done = command("fine-tune", ranked.folder)
    assert done.status == 0, done.err
    assert "The fine-tuned network" in done.err
    assert states(ranked) == ("done", ["done", "done", "done"])
    assert ranked.store.setting(FINE_TUNED_NOTE) in done.err

    again = command("fine-tune", ranked.folder)
    assert ranked.store.setting(FINE_TUNED_NOTE) in again.err
    assert states(ranked) == ("done", ["skipped", "skipped", "skipped"])

    judged = command("bakeoff", ranked.folder, "--methods", "pool,fine-tuned", "--kinds", "uniform")
    assert judged.status == 0, judged.err
    assert "fine-tuned" in judged.out

    off = command("fine-tune", ranked.folder, "--off")
    assert off.status == 0
    assert states(ranked) == ("done", ["skipped", "skipped", "done"])
    assert ranked.store.setting(FINE_TUNED_NOTE) is None
    refused = command("bakeoff", ranked.folder, "--methods", "fine-tuned", "--kinds", "pair")
    assert refused.status == 2
    assert "is not fine-tuned on these images" in refused.err


def test_too_few_images_are_refused_and_nothing_is_remembered(command, ranked):
    refused = command("fine-tune", ranked.folder)
    assert refused.status == 2
    assert "needs 300 labeled images; there are 18" in refused.err
    assert not ranked.store.setting(FINE_TUNE)


def test_an_audit_that_asks_for_it_is_finished_where_it_cannot_be(command, ranked):
    source, labels = ranked.source.path, ranked.source.labels
    done = command("audit", source, "--labels", labels, "--into", ranked.folder, "--fine-tune")
    assert done.status == 0, done.err
    assert "needs 300 labeled images" in done.err
    assert "18 images" in done.err
