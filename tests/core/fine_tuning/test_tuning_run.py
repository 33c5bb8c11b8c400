"""Fine-tuning an audit of eighteen photographs: resumed, skipped, reproduced, refused."""

import numpy as np
import pytest

from core.fine_tuning import tuning_run
from core.fine_tuning.map_store import MapStore
from core.fine_tuning.training import FoldTrainer
from core.fine_tuning.tuning_run import FineTuningError, check_tunable, fine_tune, make_maps
from core.ranking.fine_tuned_input import current_fine_tuned, fine_tuned_inputs, set_fine_tuning
from tests.core.making import file_found


def ignore(done, total):
    pass


class Killed(BaseException):
    """Stands in for a kill."""


def test_a_run_that_was_cut_off_resumes_to_the_same_bytes(tunable, monkeypatch):
    make_maps(tunable, ignore)
    counts = []
    assert fine_tune(tunable, lambda *count: counts.append(count))
    assert counts == sorted(counts)
    assert counts[-1][0] == counts[-1][1]
    whole = tunable.fine_tuned_file.read_bytes()
    assert not list(tunable.fine_tuning_folder.glob("fold-*"))
    assert not fine_tune(tunable, ignore)

    tunable.fine_tuned_file.unlink()
    trained = []
    train = FoldTrainer.predict_fold

    def cut_off(trainer, rows, update):
        trained.append(rows)
        if len(trained) == 2:
            raise Killed
        return train(trainer, rows, update)

    monkeypatch.setattr(FoldTrainer, "predict_fold", cut_off)
    with pytest.raises(Killed):
        fine_tune(tunable, ignore)
    assert not fine_tuned_inputs(tunable)
    assert fine_tune(tunable, ignore)
    assert len(trained) == 4
    assert tunable.fine_tuned_file.read_bytes() == whole


def test_probabilities_go_by_item_and_class_and_only_while_they_are_current(tunable):
    make_maps(tunable, ignore)
    fine_tune(tunable, ignore)
    items = tunable.store.embedded_items()
    P = current_fine_tuned(tunable, items, ["lotus", "emu", "gnu"])
    assert P.shape == (18, 3)
    np.testing.assert_allclose(P[:, :2].sum(axis=1, dtype=np.float32), 1, atol=0.01)
    assert not P[:, 2].any()
    swapped = current_fine_tuned(tunable, items[::-1], ["emu", "lotus"])
    np.testing.assert_array_equal(swapped[::-1, ::-1], P[:, :2])
    tunable.store.record_files([file_found("12.jpg", "another picture")], {})
    assert current_fine_tuned(tunable, items, ["lotus", "emu"]) is None


def test_turned_off_it_has_no_vote_and_its_maps_are_gone(tunable):
    make_maps(tunable, ignore)
    fine_tune(tunable, ignore)
    set_fine_tuning(tunable, False)
    assert not fine_tuned_inputs(tunable)
    assert not tunable.fine_tuning_folder.exists()
    set_fine_tuning(tunable, True)
    assert fine_tuned_inputs(tunable)


def test_maps_are_made_once_and_anew_for_a_picture_that_was_replaced(tunable, monkeypatch):
    counts = []
    assert make_maps(tunable, lambda *count: counts.append(count))
    assert counts[-1] == (18, 18)
    assert not make_maps(tunable, ignore)
    items = tunable.store.embedded_items()
    store = MapStore(tunable.fine_tuning_folder, tuning_run.network_of(tunable))
    before = store.rows(items)
    assert before.any(axis=(1, 2, 3, 4)).all()
    replaced = [item._replace(content_hash="ab" * 16) if item.row == 3 else item for item in items]
    assert [item.row for item in store.missing(replaced)] == [3]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("FEWEST", 19, "needs 19 labeled images; there are 18"), ("MOST", 17, "at most 17")],
)
def test_too_few_and_too_many_images_are_refused(tunable, monkeypatch, name, value, message):
    monkeypatch.setattr(tuning_run, name, value)
    with pytest.raises(FineTuningError, match=message) as raised:
        check_tunable(tunable, tunable.store.embedded_items())
    assert len(str(raised.value)) < 300


def test_one_class_is_refused(tunable):
    items = [item._replace(class_id=1) for item in tunable.store.embedded_items()]
    with pytest.raises(FineTuningError, match="two classes"):
        check_tunable(tunable, items)


def test_items_without_pictures_are_refused(tunable):
    with pytest.raises(FineTuningError, match="None of the items is a picture"):
        fine_tune(tunable, ignore)
