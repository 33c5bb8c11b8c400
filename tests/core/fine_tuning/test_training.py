"""Training on small random maps."""

import numpy as np
import pytest

from core.embedding.backbones.efficientnet_lite import LITE0
from core.fine_tuning.split_network import SplitNetwork
from core.fine_tuning.training import FoldTrainer, Schedule, TrainingSet, fit_probe

NETWORK = SplitNetwork(LITE0, 64)
SCHEDULE = Schedule(epochs=6, batch=16, rate=1e-3)


@pytest.fixture(scope="module")
def data():
    """126 maps of three classes, each with channels of its own."""
    rng = np.random.default_rng(0)
    labels = np.arange(126) % 3
    centers = 2 * rng.standard_normal((3, 1, 1, NETWORK.map_shape[-1]))
    maps = centers[labels][:, None] + rng.standard_normal((126, 2, *NETWORK.map_shape))
    return TrainingSet(maps.astype(np.float16), labels, np.ones(126), 3)


FOLDS = np.arange(126) // 3 % 3


@pytest.fixture(scope="module")
def found(data):
    return FoldTrainer(NETWORK, data, SCHEDULE).out_of_fold(FOLDS)


def test_held_out_images_are_predicted(data, found):
    assert found.shape == (126, 3)
    np.testing.assert_allclose(found.sum(axis=1, dtype=np.float32), 1, atol=0.01)
    assert (found.argmax(axis=1) == data.labels).mean() > 0.8


def test_a_fold_is_the_same_to_the_byte_without_the_folds_before_it(data, found):
    alone = FoldTrainer(NETWORK, data, SCHEDULE).predict_fold(FOLDS != 2)
    np.testing.assert_array_equal(alone.astype(np.float16), found[FOLDS == 2])


def test_another_seed_gives_other_probabilities(data, found):
    other = FoldTrainer(NETWORK, data, SCHEDULE._replace(seed=1)).predict_fold(FOLDS != 2)
    assert not np.array_equal(other.astype(np.float16), found[FOLDS == 2])


def test_labels_of_no_weight_are_not_learned(data):
    wrong = np.where(FOLDS == 1, (data.labels + 1) % 3, data.labels)
    train = FOLDS != 2
    ignored = data._replace(labels=wrong, weights=np.where(FOLDS == 1, 0.0, 1.0))
    believed = data._replace(labels=wrong)
    right = [
        FoldTrainer(NETWORK, one, SCHEDULE).predict_fold(train)[
            np.arange(42), data.labels[FOLDS == 2]
        ].mean()
        for one in (ignored, believed)
    ]  # fmt: skip
    assert right[0] > right[1] + 0.1


def test_training_tells_how_many_images_are_done(data):
    counts = []
    FoldTrainer(NETWORK, data, SCHEDULE).predict_fold(FOLDS != 0, counts.append)
    assert sum(counts) == 6 * 84 + 42


def test_a_probe_of_two_classes_out_of_three_rules_the_third_out():
    rng = np.random.default_rng(0)
    labels = rng.permutation(60) % 2 * 2
    X = (rng.standard_normal((60, 4)) + 3 * labels[:, None]).astype(np.float32)
    kernel, bias = fit_probe(X, labels, np.ones(60), 3)
    predicted = (X @ kernel + bias).argmax(axis=1)
    assert (predicted == labels).mean() > 0.9


def test_a_probe_of_one_class_predicts_it():
    kernel, bias = fit_probe(np.ones((5, 4), np.float32), np.full(5, 1), np.ones(5), 2)
    assert (np.ones((1, 4)) @ kernel + bias).argmax() == 1
