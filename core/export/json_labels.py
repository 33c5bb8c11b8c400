"""Labels in JSON, one as a text or several as a list, edited where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.export.annotation_sets import matched
from core.export.json_edits import JsonText, Part, Piece, added, parts, removed


def label_pieces(doc: JsonText, part: Part, labels: Sequence[str]) -> list[Piece]:
    """Return the pieces by which a value says `labels`; a list stays one.

    Parameters
    ----------
    doc : JsonText
    part : Part
        Whose value is a text, null, or a list of texts.
    labels : sequence of str
    """
    if isinstance(part.value, list):
        replaced, new = matched(map(str, part.value), labels)
        return list(list_pieces(doc, part, replaced, new))
    one = None if not labels else labels[0] if len(labels) == 1 else list(labels)
    return [(part.start, part.end, doc.written(one))]


def list_pieces(
    doc: JsonText, part: Part, replaced: Mapping[str, str], new: Sequence[str]
) -> Iterator[Piece]:
    """Yield the pieces that put labels of a list in place of others; see `matched`.

    Parameters
    ----------
    doc : JsonText
    part : Part
        Whose value is the list.
    replaced : dict of str to str
        By a label that is there, the one in its place; those that are missing go.
    new : sequence of str
        Those to be added.
    """
    gone: set[int] = set()
    said: set[str] = set()
    for number, one in enumerate(parts(doc.text, part.start), start=1):
        label = replaced.get(str(one.value))
        if label is None or label in said:
            gone.add(number)
        elif label != one.value:
            yield one.start, one.end, doc.written(label)
        said.update([] if label is None else [label])
    yield from removed(parts(doc.text, part.start), gone)
    yield from added(doc.text, part.start, list(map(doc.written, new)))
