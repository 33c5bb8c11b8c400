"""Label Studio's exports of image classification: JSON and JSON-MIN, the choices as labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

from core.audit.source import Source
from core.ingest.json_objects import (
    Head,
    json_head,
    listed,
    load_json,
    objects_table,
    one_or_all,
)
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Question, SourceError
from core.ingest.table import Fault, Table
from core.ingest.table_listing import listing_of
from core.text import shortened

ANNOTATIONS = ("annotations", "completions")
"""Under which tasks have what people said; the latter before version 1.0."""
OF_ANNOTATION = {
    "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement",
    "comment_count", "unresolved_comment_count",
}  # fmt: skip
"""Of JSON-MIN: what is said of an annotation, not in it."""
CHOICE = "choice"
"""The column of the labels."""

Tasks = list[dict[str, Any]]


def _of_tasks(head: Head) -> bool:
    return head.kind == "list" and "data" in head.keys and bool({*ANNOTATIONS} & {*head.keys})


def of_annotations(head: Head) -> bool:
    """Tell whether a file is JSON-MIN: a list of annotations."""
    return head.kind == "list" and {"annotation_id", "annotator"} <= {*head.keys}


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" not in options:
        return False
    head = json_head(Path(options["labels"]))
    return _of_tasks(head) or of_annotations(head)


def _read(source: Source) -> Listing:
    path = source.labels
    assert path is not None
    found = load_json(path)
    if not isinstance(found, list):
        raise SourceError(f"{path} is no list of tasks of Label Studio.")
    if of_annotations(json_head(path)):
        return listing_of(_annotations(path, found), source)
    options = {name: one for name, one in source.options.items() if name != "label_column"}
    return listing_of(_tasks(path, found, source.label_column), replace(source, options=options))


def _annotations(path: Path, annotations: list[Any]) -> Table:
    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, one in listed(annotations)(fault):
            yield number, {key: _choices(value) for key, value in one.items()}

    return replace(objects_table(path, objects, "annotation"), aside=OF_ANNOTATION)


def _choices(value: Any) -> Any:
    return value["choices"] if isinstance(value, dict) and "choices" in value else value


def _tasks(path: Path, tasks: list[Any], requested: str | None) -> Table:
    """Return the tasks as a table: their data, and the choices of one question about them."""
    questions = Counter(
        question for _, task in listed(tasks)(lambda *_: None) for question, _ in answers(task)
    )
    if not questions:
        raise SourceError(f"No task of {path} has a choice, so there is nothing to audit.")
    question = requested or questions.most_common(1)[0][0]
    if question not in questions:
        raise SourceError(
            f"{path} has no choices called {shortened(question, 60)!r}; there are"
            f" {shortened(', '.join(questions), 100)}."
        )

    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, task in listed(tasks)(fault):
            data = task.get("data")
            if not isinstance(data, dict):
                fault(number, "it has no data")
                continue
            labels = [label for name, label in answers(task) if name == question]
            yield number, {**data, CHOICE: one_or_all([*dict.fromkeys(labels)])}

    asked = _on_question(question, list(questions)) if len(questions) > 1 else None
    table = objects_table(path, objects, "task")
    images = [column for column in table.columns if column != CHOICE]
    named = images[0] if len(images) == 1 else None
    return replace(
        table,
        path_column=named,
        label_column=CHOICE,
        questions=[asked] if asked and requested is None else [],
    )


def _on_question(question: str, names: list[str]) -> Question:
    other = next(name for name in names if name != question)
    because = (
        f"There are several questions; the labels are the answers to {shortened(question, 40)};"
        f" --label-column {quote(shortened(other, 40))} takes another."
    )
    text = "Which of the questions do the labels answer?"
    return Question("label_column", "--label-column", text, question, names, because=because)


def answers(task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each choice of a task with the question; skipped annotations are left out."""
    for kind in ANNOTATIONS:
        for annotation in task.get(kind) or ():
            if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
                continue
            for result in annotation.get("result") or ():
                value = result.get("value") if isinstance(result, dict) else None
                chosen = value.get("choices") if isinstance(value, dict) else None
                for one in chosen if isinstance(chosen, list) else ():
                    yield str(result.get("from_name", CHOICE)), str(one)


READER = Reader(
    name="label-studio",
    order=42,
    title="Label Studio, JSON and JSON-MIN",
    about="A list of tasks with annotations, or of annotations: the choices are the labels.",
    recognizes=_recognizes,
    read=_read,
    of_table=True,
)
