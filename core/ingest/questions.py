"""What is doubtful of a folder, as questions with a proposed answer.

Each is answered by an option of the source, which is remembered. A new audit takes
the proposals, and says so, where nothing speaks against them; where something
does, it waits for an answer. An audit that exists is never asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from core.audit.source import Source
from core.ingest.linked_folders import FolderWalk
from core.ingest.masks import are_masks, mask_pairs
from core.ingest.readers import READERS
from core.ingest.readers.class_folders import (
    CLASSES_IN,
    LEAVE_OUT,
    MASKS,
    NESTED,
    NO,
    READ,
    YES,
    is_image,
)
from core.ingest.records import Question, UnansweredQuestion
from core.ingest.root_folders import READ_BY, data_set_of_its_own
from core.ingest.splits import is_split_name
from core.text import counted

NEARLY_ALL = 0.9
"""The share of all images in one folder from which on its folders may be the classes."""

HERE = "."

IN_ORDER = (
    CLASSES_IN, NESTED, MASKS, "encoding", "header", "path_column", "id_column", "images_in",
    "label_column", "label_separator", "one_label",
)  # fmt: skip
"""The options that answer questions, as they are asked: an answer may change what follows."""


def questions(source: Source) -> list[Question]:
    """Return what is to be asked of a source and was not answered yet.

    Raises
    ------
    SourceError
        When a folder of it cannot be listed.
    """
    if source.format not in READ_BY or not source.path.is_dir():
        return []
    paths = [path for path in FolderWalk(source.path, source.roots).files() if is_image(path)]
    on_masks = [] if MASKS in source.options else _on_masks(source, paths)
    # A tree of masks beside that of the images is no class, and holds none.
    masks = mask_pairs(paths) if on_masks or source.options.get(MASKS) == LEAVE_OUT else {}
    tree = _Tree([path for path in paths if path not in masks])
    found = []
    if CLASSES_IN not in source.options and source.format == READ_BY[0]:
        found += _on_classes(source, tree)
    base = found[0].proposed if found else source.options.get(CLASSES_IN, HERE)
    if NESTED not in source.options:
        found += _on_nesting(source, tree, base)
    return found + on_masks


def proposed(source: Source, asked: Sequence[Question]) -> Source:
    """Return the source with the proposed answers, and with the reader that they call for."""
    options = source.options | {question.name: question.proposed for question in asked}
    moved = any(question.name == CLASSES_IN for question in asked)
    return replace(
        source, options=options, format=_reader(source, options) if moved else source.format
    )


def answered(source: Source) -> Source:
    """Return the source of a new audit, with the answers that need no person.

    Raises
    ------
    UnansweredQuestion
        When there is one that does; the message names the option.
    """
    if deeper := data_set_of_its_own(source):
        raise UnansweredQuestion(deeper)
    asked = questions(source)
    for question in asked:
        if question.needed:
            raise UnansweredQuestion(f"{question.text} {question.how}", asked)
    return proposed(source, asked)


def _reader(source: Source, options: dict[str, str]) -> str:
    return next(
        name
        for name, one in READERS.items()
        if name in READ_BY and one.recognizes(source.path, options)
    )


class _Tree:
    """Images counted by folder; the folder of the source is ``.``."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        self.direct = Counter(path.rpartition("/")[0] or HERE for path in paths)
        self.total: Counter[str] = Counter()
        self.folders: defaultdict[str, list[str]] = defaultdict(list)
        for folder, count in self.direct.items():
            self.total[folder] += count
            for above in PurePosixPath(folder).parents:
                self.total[str(above)] += count
        for folder in self.total:
            if folder != HERE:
                self.folders[str(PurePosixPath(folder).parent)].append(folder)

    def below_wrappers(self, folder: str) -> str:
        """Follow folders that hold nothing but one folder, as far as there are several."""
        while not self.direct[folder] and len(self.folders[folder]) == 1:
            folder = self.folders[folder][0]
        return folder

    def holds_classes(self, folder: str) -> bool:
        return not self.direct[folder] and len(self.folders[folder]) > 1


def _on_classes(source: Source, tree: _Tree) -> list[Question]:
    if not tree.paths:
        return []
    top = tree.below_wrappers(HERE)
    if top != HERE and len(tree.folders[top]) > 1:
        return [_classes_question(source, tree, top, beside=[])]
    likely = [
        folder
        for folder in tree.folders[top]
        if tree.total[folder] >= NEARLY_ALL * len(tree.paths)
        and tree.holds_classes(tree.below_wrappers(folder))
        and not is_split_name(PurePosixPath(folder).name)
    ]
    if not likely or len(tree.paths) == tree.total[likely[0]]:
        return []
    beside = [PurePosixPath(one).name for one in tree.folders[top] if one != likely[0]]
    return [_classes_question(source, tree, tree.below_wrappers(likely[0]), sorted(beside))]


def _classes_question(source: Source, tree: _Tree, folder: str, beside: list[str]) -> Question:
    names = sorted(PurePosixPath(one).name for one in tree.folders[folder])
    outside = len(tree.paths) - tree.total[folder]
    reader = _reader(source, source.options | {CLASSES_IN: folder})
    within = "splits" if reader == "split-folders" else "classes"
    others = f" ({', '.join(beside[:3])})" if beside else ""
    rest = f", {outside:,} elsewhere{others}" if outside else ""
    text = (
        f"Are the {within} the {len(names):,} folders in {folder}, such as {names[0]}?"
        f" {counted(tree.total[folder], 'image')} there{rest}."
    )
    nested = reader == READ_BY[0] and not any(tree.direct[one] for one in tree.folders[folder])
    return Question(
        CLASSES_IN,
        "--classes-in",
        text,
        folder,
        [folder, HERE],
        needed=bool(outside) or nested,
        shown={HERE: "The folder itself"},
    )


def _on_nesting(source: Source, tree: _Tree, base: str) -> list[Question]:
    tops = tree.folders[base]
    if source.format == "split-folders" or all(is_split_name(PurePosixPath(t).name) for t in tops):
        tops = [folder for top in tops for folder in tree.folders[top]]
    forks = [folder for folder in sorted(tops) if len(tree.folders[folder]) > 1]
    if not forks or source.format == "splits-in-classes":
        return []
    name, inner = (
        PurePosixPath(forks[0]).name,
        PurePosixPath(sorted(tree.folders[forks[0]])[0]).name,
    )
    text = (
        f"{counted(len(forks), 'class folder')} {'holds' if len(forks) == 1 else 'hold'} folders of"
        f" images; is the class {name}, or {name}/{inner}?"
    )
    return [Question(NESTED, "--nested-classes", text, NO, [NO, YES])]


def _on_masks(source: Source, paths: list[str]) -> list[Question]:
    pairs = mask_pairs(paths)
    if not pairs or not are_masks(source.path, pairs, source.roots):
        return []
    text = (
        f"Are {counted(len(pairs), 'file')} such as {min(pairs)} masks of the images beside them,"
        " and no images?"
    )
    return [Question(MASKS, "--masks", text, LEAVE_OUT, [LEAVE_OUT, READ])]
