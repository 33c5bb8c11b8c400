"""The input's own JSON or JSON-MIN of Label Studio: the choices differ, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from core.export.annotation_sets import matched, write_set
from core.export.choices import ExportError
from core.export.json_edits import JsonText, Part, Piece, added, parts, removed
from core.export.json_labels import label_pieces, list_pieces
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import why_not_back
from core.export.writers.writer import Writer
from core.ingest.json_objects import json_head
from core.ingest.readers.label_studio import ANNOTATIONS, READER, answers, of_annotations
from core.ingest.table_columns import ReadTable

Labels = tuple[str, ...]
TO_NAME = "image"
"""What a question is about, where no task says it."""


def _write(outgoing: Outgoing, path: Path) -> None:
    def patched(file: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
        doc = JsonText(file)
        if of_annotations(json_head(file)):
            table, columns = cast(ReadTable, outgoing.listing.tables[file])
            if columns.label is None:
                raise ExportError(f"{file.name} has a key for each class; choose another format.")
            column = table.columns[columns.label]
            return _patched(doc, edits, lambda part, labels: _row(doc, part, column, labels))
        tasks = _Tasks(doc, outgoing.source.label_column)
        return _patched(doc, edits, tasks.edited)

    write_set(outgoing, path, (), patched)


def _patched(
    doc: JsonText, edits: dict[int, Edit], edited: Callable[[Part, Labels], Piece]
) -> Iterator[bytes]:
    gone = {number for number, edit in edits.items() if edit.is_left_out}
    pieces = [
        edited(part, edits[number].labels)
        for number, part in enumerate(parts(doc.text, doc.start), start=1)
        if number in edits and number not in gone
    ]
    return doc.edited([*pieces, *removed(parts(doc.text, doc.start), gone)])


def _row(doc: JsonText, part: Part, column: str, labels: Labels) -> Piece:
    """Return an annotation of JSON-MIN with other choices."""
    members = {one.key: one for one in parts(doc.text, part.start)}
    if (said := members.get(column)) is None:
        value: Any = labels[0] if len(labels) == 1 else {"choices": list(labels)}
        pieces = added(doc.text, part.start, [f"{json.dumps(column)}: {doc.written(value)}"])
    elif isinstance(said.value, dict) and (choices := _member(doc.text, said, "choices")):
        pieces = label_pieces(doc, choices, labels)
    elif len(labels) > 1 and not isinstance(said.value, list):
        pieces = [(said.start, said.end, doc.written({"choices": list(labels)}))]
    else:
        pieces = label_pieces(doc, said, labels)
    others = {key: value for key, value in part.value.items() if key != column}
    return doc.replaced(
        part,
        pieces,
        lambda new: {key: one for key, one in new.items() if key != column} == others,
    )


class _Tasks:
    """The tasks of a file, and the question that the labels answer."""

    def __init__(self, doc: JsonText, requested: str | None) -> None:
        self.doc = doc
        tasks = [part.value for part in parts(doc.text, doc.start) if isinstance(part.value, dict)]
        counts = Counter(question for task in tasks for question, _ in answers(task))
        self.question = requested or counts.most_common(1)[0][0]
        about = (str(one.get("to_name", TO_NAME)) for task in tasks for one in self._results(task))
        self.to_name = next(about, TO_NAME)

    def _results(self, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for kind in ANNOTATIONS:
            for annotation in task.get(kind) or ():
                for one in annotation.get("result") or () if isinstance(annotation, dict) else ():
                    if isinstance(one, dict) and one.get("from_name") == self.question:
                        yield one

    def edited(self, part: Part, labels: Labels) -> Piece:
        """Return a task with other choices."""
        lists = list(self._choices(part))
        replaced, new = matched((str(one) for a_list in lists for one in a_list.value), labels)
        pieces: list[Piece] = []
        for at, a_list in enumerate(lists):
            pieces += list_pieces(self.doc, a_list, replaced, [] if at else new)
        if new and not lists:
            pieces = self._answered(part, new)

        def is_right(task: Any) -> bool:
            said = {label for question, label in answers(task) if question == self.question}
            return said == {*labels} and task["data"] == part.value["data"]

        return self.doc.replaced(part, pieces, is_right)

    def _choices(self, task: Part) -> Iterator[Part]:
        """Yield the lists of choices that count in a task."""
        text = self.doc.text
        for kind in parts(text, task.start):
            for annotation in _objects(text, kind) if kind.key in ANNOTATIONS else ():
                if annotation.value.get("was_cancelled"):
                    continue
                for result in _objects(text, _member(text, annotation, "result")):
                    if str(result.value.get("from_name", "choice")) != self.question:
                        continue
                    value = _member(text, result, "value")
                    if value is not None and isinstance(value.value, dict):
                        choices = _member(text, value, "choices")
                        if choices is not None and isinstance(choices.value, list):
                            yield choices

    def _answered(self, task: Part, labels: list[str]) -> list[Piece]:
        """Return the piece that adds an annotation."""
        result = {"from_name": self.question, "to_name": self.to_name, "type": "choices"}
        result["value"] = {"choices": labels}  # type: ignore[assignment]
        new = self.doc.written({"result": [result]})
        for kind in parts(self.doc.text, task.start):
            if kind.key in ANNOTATIONS and isinstance(kind.value, list):
                return added(self.doc.text, kind.start, [new])
        return added(self.doc.text, task.start, [f'"{ANNOTATIONS[0]}": [{new}]'])


def _member(text: str, part: Part, key: str) -> Part | None:
    return {one.key: one for one in parts(text, part.start)}.get(key)


def _objects(text: str, part: Part | None) -> Iterable[Part]:
    if part is None or not isinstance(part.value, list):
        return ()
    return (one for one in parts(text, part.start) if isinstance(one.value, dict))


WRITER = Writer(
    name="own-label-studio",
    order=26,
    title="The input's tasks of Label Studio",
    about="The tasks or annotations of Label Studio as they came, nothing but choices changed.",
    write=_write,
    suffix=".json",
    media_type="application/json",
    own_of=(READER.name,),
    refuses=why_not_back,
)
