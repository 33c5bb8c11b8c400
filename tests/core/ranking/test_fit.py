"""From neighbors, labels and verdicts to scores, on a computed audit of eighteen photographs."""

import numpy as np
import pytest

from core import pipeline
from core.audit import item_id
from core.detectors import METHODS
from core.embedding.choice import EmbeddingChoice
from core.ingest.readers import SourceError
from core.ranking import fit as weighing
from core.ranking.fit import PREDICTIONS_NOTE, method_key, method_of, verdicts_counted
from core.ranking.rerank import VERDICTS_BETWEEN_FITS
from tests.core.making import Auditor, steps

WRONG = "12.jpg"
"""An emu that is labeled a lotus."""


@pytest.fixture
def quick(computed):
    """The audit ranked by the quickest detector."""
    return ranked_by(computed, "discriminant")


def ranked_by(audit, name):
    audit.store.set_settings({"detector": name})
    pipeline.run(audit)
    return audit


def scores(audit):
    return {row["path"]: row for row in audit.store.ranking()}


def weights(audit):
    table = audit.evidence()
    return dict(zip(table.ids.tolist(), table.weights.tolist(), strict=True))


def votes(audit):
    table = audit.evidence()
    return dict(zip(table.ids.tolist(), table.classes[table.votes].tolist(), strict=True))


def fill_log(audit, rows, stream="queue", path="00.jpg"):
    """Decide and undo on one item, so that the log has `rows` rows more."""
    ana = Auditor(audit.store, "Ana", f"{stream} {audit.store.queue_log_size()}")
    for _ in range(rows // 2):
        ana.judge(path, "keep", stream=stream)
        ana.undo(path, stream=stream)


# -- which method ranks ------------------------------------------------------------------------


def test_the_first_method_ranks_unless_another_is_chosen(computed):
    assert method_of(computed).name == next(iter(METHODS))


@pytest.mark.parametrize("name", ["ridge", "neighbors", "two-pass"])
def test_the_chosen_detector_ranks(computed, name):
    before = scores(computed)
    ranked_by(computed, name)
    assert method_of(computed).name == name
    assert steps(computed)["evidence"] == "done"
    assert steps(computed)["neighbors"] == steps(computed)["findings"] == "skipped"
    after = scores(computed)
    assert after.keys() == before.keys()
    assert any(after[p]["suspicion"] != before[p]["suspicion"] for p in before)
    pipeline.run(computed)
    assert steps(computed)["evidence"] == "skipped"


def test_choosing_the_default_again_gives_the_same_scores(quick):
    before = scores(quick)
    ranked_by(quick, "ridge")
    ranked_by(quick, "discriminant")
    assert scores(quick) == before


def test_a_method_that_no_longer_exists_is_an_error_and_scores_stay(computed):
    before, evidence = scores(computed), computed.evidence_file.read_bytes()
    with pytest.raises(SourceError, match=r"There is no detector 'oracle'; there are .*\.$"):
        ranked_by(computed, "oracle")
    assert scores(computed) == before
    assert computed.evidence_file.read_bytes() == evidence
    ranked_by(computed, None)
    assert steps(computed)["evidence"] == "skipped"


# -- predictions -------------------------------------------------------------------------------


def test_missing_predictions_are_an_error_and_scores_stay(computed):
    before, evidence = scores(computed), computed.evidence_file.read_bytes()
    with pytest.raises(SourceError, match=r"^This audit has no predictions; [^.]*\.$"):
        ranked_by(computed, "predictions")
    assert scores(computed) == before
    assert computed.evidence_file.read_bytes() == evidence
    run = computed.store.latest_run()
    assert (run["state"], run["message"].count("\n")) == ("failed", 0)


@pytest.fixture
def predict(computed, tmp_path):
    """Give predictions by hand, of `of_emu` by path, else an even split, and rank."""

    def run(classes, of_emu):
        paths = [file["path"] for file in computed.store.listed_files()]
        emu = np.array([of_emu.get(path, 0.5) for path in paths])
        columns = {"emu": emu, "lotus": 1 - emu}
        probabilities = np.stack([columns[name] for name in classes], axis=1)
        file = tmp_path / "mine.npz"
        np.savez(file, path=np.array(paths), probabilities=probabilities, classes=classes)
        pipeline.run(computed, EmbeddingChoice.of(computed).updated(predictions=str(file)))

    return run


def test_given_predictions_rank_by_the_names_of_their_classes(computed, predict):
    computed.store.set_settings({"detector": "predictions"})
    predict(["emu", "lotus"], {WRONG: 0.99})
    first = computed.store.ranking()[0]
    assert (first["path"], first["suggested"]) == (WRONG, "emu")
    predict(["lotus", "emu"], {"03.jpg": 0.99})
    first = computed.store.ranking()[0]
    assert (first["path"], first["suggested"]) == ("03.jpg", "emu")


def test_other_predictions_change_the_evidence_of_no_other_method(quick, predict):
    predict(["emu", "lotus"], {WRONG: 0.9})
    assert steps(quick)["evidence"] == "skipped"
    assert quick.store.setting(PREDICTIONS_NOTE) is None
    quick.store.set_settings({"detector": "predictions"})
    before = method_key(quick)
    predict(["emu", "lotus"], {WRONG: 0.8})
    assert steps(quick)["evidence"] == "done"
    assert method_key(quick) != before


def test_whether_predictions_vote_is_noted(computed, predict):
    predict(["emu", "lotus"], {WRONG: 0.9})
    assert computed.store.setting(PREDICTIONS_NOTE).startswith("Too few labels look wrong")
    assert steps(computed)["evidence"] == "done"


# -- verdicts ----------------------------------------------------------------------------------


def test_verdicts_change_the_evidence_in_hundreds(quick):
    before = scores(quick)
    Auditor(quick.store, "Ben").judge(WRONG, "relabel", ["emu"])
    fill_log(quick, VERDICTS_BETWEEN_FITS - 2)
    assert (quick.store.queue_log_size(), verdicts_counted(quick)) == (99, 0)
    pipeline.run(quick)
    assert steps(quick)["evidence"] == "skipped"
    Auditor(quick.store, "Cleo").judge("01.jpg", "none")
    assert verdicts_counted(quick) == 100
    pipeline.run(quick)
    assert steps(quick)["evidence"] == "done"
    after = scores(quick)
    assert any(after[path]["suspicion"] != before[path]["suspicion"] for path in before)
    assert votes(quick)[item_id(WRONG)] == "emu"
    assert weights(quick)[item_id(WRONG)] == 1.5
    assert weights(quick)[item_id("01.jpg")] == 0
    Auditor(quick.store, "Dan").judge("02.jpg", "none")
    pipeline.run(quick)
    assert steps(quick)["evidence"] == "skipped"


def test_fewer_than_a_hundred_verdicts_do_not_count_when_another_change_refits(quick):
    Auditor(quick.store).judge(WRONG, "relabel", ["emu"])
    ranked_by(quick, "neighbors")
    assert votes(quick)[item_id(WRONG)] == "lotus"
    assert weights(quick)[item_id(WRONG)] == 1


def test_verdicts_of_the_check_never_change_it(quick):
    ana = Auditor(quick.store, "Ana")
    ana.judge(WRONG, "relabel", ["emu"], stream="check")
    fill_log(quick, 2 * VERDICTS_BETWEEN_FITS, "check")
    before = scores(quick)
    pipeline.run(quick)
    assert steps(quick)["evidence"] == "skipped"
    # Nor do they when the queue's verdicts are counted.
    fill_log(quick, VERDICTS_BETWEEN_FITS)
    pipeline.run(quick)
    assert steps(quick)["evidence"] == "done"
    assert votes(quick)[item_id(WRONG)] == "lotus"
    assert set(weights(quick).values()) == {1}
    assert {p: row["suspicion"] for p, row in scores(quick).items()} == pytest.approx(
        {p: row["suspicion"] for p, row in before.items()}
    )


@pytest.fixture
def each_counts(quick, monkeypatch):
    """A fit that uses every verdict at once."""
    monkeypatch.setattr(weighing, "VERDICTS_BETWEEN_FITS", 1)
    return quick


def test_the_scores_of_a_relabeled_item_are_of_its_given_label(each_counts):
    before = scores(each_counts)[WRONG]
    Auditor(each_counts.store).judge(WRONG, "relabel", ["emu"])
    pipeline.run(each_counts)
    after = scores(each_counts)[WRONG]
    assert (after["given"], after["suggested"]) == (before["given"], before["suggested"])
    assert (after["given"], after["suggested"]) == ("lotus", "emu")
    assert after["suspicion"] > 0.5
    (p_given,) = (
        row["p_given"] for row in each_counts.store.scored_items() if row["id"] == item_id(WRONG)
    )
    assert p_given < 0.5


def test_an_item_may_be_relabeled_to_a_class_of_which_none_is_listed(each_counts):
    text = each_counts.source.labels.read_text(encoding="utf-8")
    each_counts.source.labels.write_text(text.replace("00.jpg,lotus", "00.jpg,rose"), "utf-8")
    pipeline.run(each_counts)
    each_counts.source.labels.write_text(text, encoding="utf-8")
    pipeline.run(each_counts)
    assert each_counts.evidence().classes.tolist() == ["emu", "lotus"]
    Auditor(each_counts.store).judge("05.jpg", "relabel", ["rose"])
    pipeline.run(each_counts)
    assert each_counts.evidence().classes.tolist() == ["emu", "lotus", "rose"]
    assert votes(each_counts)[item_id("05.jpg")] == "rose"
    rows = scores(each_counts)
    assert {row["given"] for row in rows.values()} == {"emu", "lotus"}
    assert np.isfinite([row["suspicion"] for row in rows.values()]).all()


def test_an_item_that_several_labels_fit_has_no_weight(each_counts):
    Auditor(each_counts.store).judge("03.jpg", "ambiguous", ["lotus", "emu"])
    pipeline.run(each_counts)
    assert weights(each_counts)[item_id("03.jpg")] == 0


def test_a_verdict_on_an_item_that_is_listed_no_more_is_left_out(each_counts):
    Auditor(each_counts.store).judge("17.jpg", "keep")
    lines = each_counts.source.labels.read_text(encoding="utf-8").splitlines(keepends=True)
    each_counts.source.labels.write_text("".join(lines[:-1]), encoding="utf-8")
    pipeline.run(each_counts)
    assert item_id("17.jpg") not in weights(each_counts)
    assert len(scores(each_counts)) == 17


def test_with_every_label_ruled_out_the_fit_is_finite(each_counts):
    ana = Auditor(each_counts.store)
    for number in range(18):
        ana.judge(f"{number:02}.jpg", "none")
    for name in METHODS.keys() - {"predictions"}:
        ranked_by(each_counts, name)
        assert np.isfinite([row["suspicion"] for row in scores(each_counts).values()]).all()
