"""Fine-tunes a network on an audit: maps, a pass of the pool for the weights, folds, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write, remove_partial
from core.arrays.row_file import write_rows
from core.audit import FINE_TUNED_CLASSES, Audit, fingerprint
from core.detectors.folds import Folds, stratified_folds
from core.embedding.choice import EmbeddingChoice
from core.fine_tuning.map_store import MapStore
from core.fine_tuning.split_network import SplitNetwork
from core.fine_tuning.training import FoldTrainer, Schedule, TrainingSet
from core.ingest.readers import SourceError
from core.ranking.fine_tuned_input import FINE_TUNED, fine_tuned_inputs, fine_tuning_key
from core.ranking.fit import believed_labels, verdicts_counted
from core.store import EmbeddedItem
from core.text import counted

TUNING = "fine-tune"
"""The command that fine-tunes the network of an audit."""
FEWEST = 300
"""Labeled images under which a block is not trained."""
MOST = 50_000
"""Labeled images: more would take hours on a processor, and gigabytes for their maps."""

Update = Callable[[int, int], None]


class FineTuningError(SourceError):
    """A data set that a network cannot be fine-tuned on; the message is one clear sentence."""


class Folded(NamedTuple):
    """The images to train on, and the fold in which each is predicted."""

    items: list[EmbeddedItem]
    data: TrainingSet
    folds: Folds
    classes: list[str]
    key: str


def network_of(audit: Audit) -> SplitNetwork:
    """Return the network that is fine-tuned: the audit's own where it is bundled."""
    choice = EmbeddingChoice.of(audit)
    return SplitNetwork.of("" if choice.embeddings else choice.backbone)


def check_tunable(audit: Audit, items: Sequence[EmbeddedItem]) -> list[EmbeddedItem]:
    """Return the labeled images of `items`.

    Raises
    ------
    FineTuningError
        When they are too few, too many, or of one class.
    """
    labeled = [item for item in items if item.class_id is not None and item.content_hash]
    if len(labeled) < FEWEST:
        are = "is" if len(labeled) == 1 else "are"
        raise FineTuningError(
            f"Fine-tuning needs {FEWEST:,} labeled images; there {are} {len(labeled):,}."
        )
    if len(labeled) > MOST:
        raise FineTuningError(
            f"Fine-tuning takes at most {MOST:,} labeled images; there are {len(labeled):,}."
        )
    if len({item.class_id for item in labeled}) < 2:
        raise FineTuningError("Fine-tuning needs images of two classes; all labels are the same.")
    return labeled


def make_maps(audit: Audit, update: Update) -> bool:
    """Make the maps that fine-tuning needs and lacks; False where there are none.

    Raises
    ------
    FineTuningError
        See `check_tunable`.
    """
    items = check_tunable(audit, audit.store.embedded_items())
    remove_partial(audit.fine_tuning_folder)
    return MapStore(audit.fine_tuning_folder, network_of(audit)).fill(audit, items, update)


def fine_tune(audit: Audit, update: Update, schedule: Schedule = Schedule()) -> bool:  # noqa: B008  no state
    """Train the audit's network out of fold, and store its class probabilities.

    Every fold is stored as soon as it is done, so that an interrupted run resumes
    there.

    Parameters
    ----------
    audit : Audit
        Its neighbors and maps are up to date.
    update : callable
        Called with images done and images in all, each as often as it is trained on.
    schedule : Schedule

    Returns
    -------
    bool
        False when nothing has changed since the last time.

    Raises
    ------
    FineTuningError
        See `check_tunable`; or when most of the images can no longer be read.
    """
    if fine_tuned_inputs(audit):
        return False
    items = audit.store.embedded_items()
    made_from = fine_tuning_key(audit, items)
    folded = _folded(audit, items, schedule, made_from)
    probabilities = np.zeros((len(folded.items), len(folded.classes)), np.float16)
    for fold, found in enumerate(_predicted_folds(audit, folded, schedule, update)):
        probabilities[folded.folds == fold] = found
    rows = np.array([item.row for item in folded.items], dtype=np.intp)
    write_rows(audit.fine_tuned_file, rows, probabilities)
    audit.store.set_settings({FINE_TUNED_CLASSES: folded.classes})
    audit.store.set_fingerprint(FINE_TUNED, made_from)
    for fold in range(schedule.n_folds):
        _fold_file(audit, fold).unlink(missing_ok=True)
    return True


def _folded(audit: Audit, items: list[EmbeddedItem], schedule: Schedule, made_from: str) -> Folded:
    network = network_of(audit)
    labeled = check_tunable(audit, items)
    maps = MapStore(audit.fine_tuning_folder, network)
    unread = {item.id for item in maps.missing(labeled)}
    if len(unread) == len(labeled):
        raise FineTuningError("None of the items is a picture, so no network can be fine-tuned.")
    if len(labeled) - len(unread) < max(FEWEST, len(labeled) / 2):
        raise FineTuningError(
            f"{counted(len(unread), 'image')} can no longer be read, so the network cannot be"
            " fine-tuned; run `audit` again once the files are there."
        )
    believed = believed_labels(audit, items)
    kept = np.array([item.id not in unread for item in believed.items], dtype=bool)
    trained = [item for item, is_kept in zip(believed.items, kept, strict=True) if is_kept]
    labels, weights = believed.labels[kept], believed.weights[kept]
    folds = stratified_folds(labels, schedule.n_folds, schedule.seed, believed.groups[kept])
    data = TrainingSet(maps.rows(trained), labels, weights, len(believed.classes))
    key = fingerprint(made_from, verdicts_counted(audit), [item.id for item in trained], schedule)
    return Folded(trained, data, folds, believed.classes, key)


def _predicted_folds(
    audit: Audit, folded: Folded, schedule: Schedule, update: Update
) -> list[NDArray[np.float16]]:
    """Return the probabilities of the images of every fold; those of an earlier run are read."""
    n = len(folded.items)
    trainer: FoldTrainer | None = None
    found, done = [], 0
    total = sum(_cost(folded, fold, schedule) for fold in range(schedule.n_folds))
    update(0, total)
    for fold in range(schedule.n_folds):
        file = _fold_file(audit, fold)
        stored = _stored_fold(file, folded.key)
        if stored is None:
            trainer = trainer or FoldTrainer(network_of(audit), folded.data, schedule)
            before = done

            def report(count: int) -> None:
                nonlocal done
                done += count
                update(min(done, total), total)

            stored = trainer.predict_fold(folded.folds != fold, report).astype(np.float16)
            _store_fold(file, folded.key, stored)
            done = before
        done += _cost(folded, fold, schedule)
        update(done, total)
        found.append(stored)
    assert sum(map(len, found)) == n
    return found


def _cost(folded: Folded, fold: int, schedule: Schedule) -> int:
    """Return how many images are trained on and predicted in a fold."""
    held_out = int((folded.folds == fold).sum())
    return schedule.epochs * (len(folded.items) - held_out) + held_out


def _fold_file(audit: Audit, fold: int) -> Path:
    return audit.fine_tuning_folder / f"fold-{fold}.npz"


def _stored_fold(file: Path, key: str) -> NDArray[np.float16] | None:
    if not file.exists():
        return None
    with np.load(file, allow_pickle=False) as arrays:
        found: NDArray[np.float16] = arrays["probabilities"]
        return found if str(arrays["key"]) == key else None


def _store_fold(file: Path, key: str, probabilities: NDArray[Any]) -> None:
    with atomic_write(file) as partial:
        np.savez(partial, allow_pickle=False, key=np.array(key), probabilities=probabilities)
