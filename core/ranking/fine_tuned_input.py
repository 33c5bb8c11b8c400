"""The fine-tuned network's probabilities as an input of the ranking."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit, fingerprint
from core.ranking.rerank import VERDICTS_BETWEEN_FITS
from core.store import EmbeddedItem
from core.versions import DECODING_VERSION

FINE_TUNE = "fine_tune"
"""Setting: whether a network is fine-tuned on this audit."""
FINE_TUNED = "fine_tuned"
"""Name of the fingerprint of the fine-tuned network's probabilities."""
FINE_TUNED_NOTE = "fine_tuned_note"
"""Setting: a sentence on whether the fine-tuned network votes, and why; None without one."""
FINE_TUNED_VERDICTS = "fine_tuned_verdicts"
"""Setting: how many of the queue's verdicts there were when fine-tuning was last asked for."""

_VERSION = 1
"""Raise it when the same inputs give other probabilities."""


def set_fine_tuning(audit: Audit, wanted: bool) -> None:
    """Say whether a network is fine-tuned on `audit`, with the verdicts that there are now.

    Where it is no longer, its maps are removed, which are most of what it takes on disk.
    """
    settings: dict[str, Any] = {FINE_TUNE: wanted}
    if wanted:
        counted = audit.store.queue_log_size() // VERDICTS_BETWEEN_FITS * VERDICTS_BETWEEN_FITS
        settings[FINE_TUNED_VERDICTS] = counted
    else:
        shutil.rmtree(audit.fine_tuning_folder, ignore_errors=True)
    audit.store.set_settings(settings)


def fine_tuning_key(audit: Audit, items: Sequence[EmbeddedItem]) -> str:
    """Return a hash of what a network is fine-tuned on: images, labels, network.

    Verdicts are left out: it would be trained anew every hundred of them. Those
    that were there when it was asked for are part of it.
    """
    return fingerprint(
        _VERSION,
        DECODING_VERSION,
        audit.embedded_with,
        [
            (item.id, item.row, item.content_hash, item.class_id)
            for item in items
            if item.class_id is not None
        ],
        audit.store.setting(FINE_TUNED_VERDICTS),
    )


def fine_tuned_inputs(audit: Audit) -> list[str]:
    """Return the hash of what the network was fine-tuned on where it may vote, else nothing."""
    stored = audit.store.fingerprint(FINE_TUNED)
    if stored is None or not audit.store.setting(FINE_TUNE):
        return []
    is_current = stored == fine_tuning_key(audit, audit.store.embedded_items())
    return [stored] if is_current and audit.fine_tuned_file.exists() else []


def current_fine_tuned(
    audit: Audit, items: Sequence[EmbeddedItem], columns: Sequence[str]
) -> NDArray[np.float16] | None:
    """Return the fine-tuned network's probabilities of items, with a column for each class.

    Parameters
    ----------
    audit : Audit
    items : sequence of EmbeddedItem
        Those that are ranked.
    columns : sequence of str
        Class names.

    Returns
    -------
    float16 array (n, K) or None
        Rows of zeros for images that it has not predicted; None where there is
        no network, or it was trained on other images or labels.
    """
    table = audit.fine_tuned()
    if table is None or not fine_tuned_inputs(audit):
        return None
    return table.of_rows(np.array([item.row for item in items]), columns)
