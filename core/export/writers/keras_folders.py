"""Class folders for Keras, and how much each image should count while a network learns.

``image_dataset_from_directory(folder, shuffle=False)`` reads the classes in the order
of their names; its ``file_paths`` tell which weight belongs to which image.
"""

from __future__ import annotations

from pathlib import Path

from core.export.choices import Fate
from core.export.corrected import CorrectedItem
from core.export.file_trees import FolderTree
from core.export.filing import Filing, Table, file_by_class
from core.export.outgoing import Outgoing
from core.export.own_files import OWN_CHOICES
from core.export.writers.writer import Writer
from core.terms import VERDICTS, Verdict

TITLE = "Keras folders"
WEIGHTS = "sample_weights.csv"


def sample_weight(item: CorrectedItem) -> float:
    """Return how surely an item has its label: 1 where somebody is sure, else its probability."""
    is_sure = item.verdict != "" and VERDICTS[Verdict(item.verdict)].is_sure
    if is_sure or item.p_given is None or item.label != item.given:
        return 1.0
    return item.p_given


def _write(outgoing: Outgoing, path: Path) -> None:
    tree, weights = FolderTree(path, outgoing.choices.files), Table(("file", "label", "weight"))
    filing = Filing(outgoing, tree, [WEIGHTS])

    def weigh(file: str, item: CorrectedItem) -> None:
        if item.label is not None:
            weights.add(file, item.label, f"{sample_weight(item):.4g}")

    file_by_class(filing, TITLE, then=weigh)
    filing.finish()
    tree.write(WEIGHTS, weights.data)


WRITER = Writer(
    name="keras",
    order=350,
    title=TITLE,
    about=f"Class folders for image_dataset_from_directory, and {WEIGHTS}: how sure each label is.",
    write=_write,
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    places_files=True,
    replays=False,
)
