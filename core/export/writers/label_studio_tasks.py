"""Tasks of Label Studio: what is labeled with annotations, what is undecided with predictions.

Images are named as Label Studio serves them from its local storage, whose document
root is the folder of the data set. A labeling configuration that fits::

    <View>
      <Image name="image" value="$image"/>
      <Choices name="label" toName="image"><Choice value="cat"/> ... </Choices>
    </View>
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from core.export.corrected import CorrectedItem
from core.export.outgoing import Outgoing
from core.export.writers.cvat_file import whole_images_only
from core.export.writers.writer import Writer, written_in_pieces
from core.terms import VERDICTS, Verdict

QUESTION, ABOUT = "label", "image"
SERVED = "/data/local-files/?d="
MODEL = "second-look"

Task = dict[str, Any]


def _result(labels: Iterable[str]) -> list[Task]:
    value = {"choices": list(labels)}
    return [{"from_name": QUESTION, "to_name": ABOUT, "type": "choices", "value": value}]


def _task(item: CorrectedItem) -> Task:
    # A path that was in such a form and that no file has stays as it was read.
    is_served = item.path.startswith(SERVED)
    served = item.path if is_served else SERVED + quote(item.path, errors="surrogateescape")
    data = {ABOUT: served}
    if item.split is not None:
        data["split"] = item.split
    return {"data": data, "annotations": [], "predictions": []}


def _labeled(item: CorrectedItem) -> Task | None:
    task = _task(item)
    if item.labels:
        task["annotations"].append({"result": _result(item.labels)})
    return task


def _undecided(item: CorrectedItem) -> Task | None:
    if item.verdict and VERDICTS[Verdict(item.verdict)].is_sure:
        return None
    task = _task(item)
    if item.given is not None:
        task["data"]["given"] = item.given
    for label, share in ((item.suggested, item.p_suggested), (item.given, item.p_given)):
        if label is not None and share is not None:
            one = {"model_version": MODEL, "score": round(share, 6), "result": _result([label])}
            task["predictions"].append(one)
    task["predictions"].sort(key=lambda one: -one["score"])
    return task


def _pieces_of(
    task_of: Callable[[CorrectedItem], Task | None],
) -> Callable[[Outgoing], Iterator[bytes]]:
    def pieces(outgoing: Outgoing) -> Iterator[bytes]:
        before = b"[\n"
        for item in outgoing.items():
            if (task := task_of(item)) is not None:
                yield before + json.dumps(task, ensure_ascii=False).encode(errors="replace")
                before = b",\n"
        yield b"[]\n" if before == b"[\n" else b"\n]\n"

    return pieces


LABELED = Writer(
    name="label-studio",
    order=410,
    title="Label Studio tasks",
    about="A task for each image, its labels as an annotation, to be imported as JSON.",
    write=written_in_pieces(_pieces_of(_labeled)),
    suffix=".json",
    media_type="application/json",
    refuses=whole_images_only,
)

UNDECIDED = Writer(
    name="label-studio-undecided",
    order=420,
    title="Label Studio tasks, undecided",
    about="A task for each image that nobody has decided on, the suggested label as a prediction.",
    write=written_in_pieces(_pieces_of(_undecided)),
    suffix=".json",
    media_type="application/json",
    refuses=whole_images_only,
    replays=False,
)
