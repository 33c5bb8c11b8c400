"""Where the rows of another audit's log belong here: their classes, and their items."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlite_utils import Database

from core.terms import UNDO

NOT_HERE = "no image here has that content"
FEWER_COPIES = "fewer copies of the image are here"


class LogClass(NamedTuple):
    """A class of the other audit: how its input spells it, what it is and was called."""

    spelling: str
    names: tuple[str, ...]
    merged_into: str | None


class Place(NamedTuple):
    """A listed item that holds a content which the other log has verdicts on."""

    item_id: str
    path: str
    class_id: int | None


class Thread(NamedTuple):
    """What was decided there about one content at one path; it stays together."""

    path: str
    content: str
    given: str | None
    place_id: str | None


THREADS = f"""
select path, content, given, max(line), (
  select max(v.place_id) from incoming other join verdicts v on v.id = other.known_id
  where other.path = incoming.path and other.content = incoming.content)
from incoming where verdict != '{UNDO}' and content is not null group by path, content
order by path
"""

PLACES = """
select content_hash, items.id, path, class_id from items join labels on item_id = items.id
where listed and content_hash in (select content from incoming) order by path
"""


def called(classes: Sequence[LogClass]) -> dict[str, str]:
    """Return by its spelling what each class is called there."""
    return {one.spelling: one.names[0] for one in classes}


def class_ids(db: Database, classes: Sequence[LogClass]) -> dict[str, int | None]:
    """Return by the spelling of a class there which class it is here; None for none.

    That which the input here spells so; else one that has a name that it has or
    had; else the one that it was merged into there.
    """
    rows = db.execute("select id, name, spelling from classes").fetchall()
    by_spelling = {row[2]: row[0] for row in rows}
    by_name = {row[1]: row[0] for row in rows}
    found: dict[str, int | None] = {}
    for one in classes:
        names = (*one.names, one.spelling)
        candidates = [by_spelling.get(one.spelling), *map(by_name.get, names)]
        candidates += map(by_spelling.get, names)
        found[one.spelling] = next((it for it in candidates if it is not None), None)
    for one in classes:
        if found[one.spelling] is None and one.merged_into is not None:
            found[one.spelling] = found.get(one.merged_into)
    return found


def classes_used(db: Database) -> set[str]:
    """Return the classes that new rows on images of this audit name."""
    used = db.execute(
        "with fresh as (select * from incoming where known_id is null"
        "   and content in (select content_hash from items where listed))"
        " select given from fresh where given is not null"
        " union select value from fresh, json_each(labels)"
    )
    return {row[0] for row in used.fetchall()}


def merged_classes(db: Database) -> dict[int, int]:
    """Return by the id of a class that was merged into another which one that is."""
    rows = db.execute("select id, merged_into from classes where merged_into is not null")
    return dict(rows.fetchall())


def placed(
    db: Database, ids: Mapping[str, int | None]
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return where each thread goes, by path and content there; and why others go nowhere.

    Where some of it lies already; else at the item of the same path, of the same
    label, or any, as long as there are items that no other thread has taken.
    """
    free: dict[str, list[Place]] = defaultdict(list)
    for content, *place in db.execute(PLACES).fetchall():
        free[content].append(Place(*place))
    copies = Counter({content: len(places) for content, places in free.items()})
    threads = [
        Thread(path, content, given, place_id)
        for path, content, given, _, place_id in db.execute(THREADS).fetchall()
    ]
    found: dict[tuple[str, str], str] = {}
    for thread in threads:
        if thread.place_id is not None:
            found[thread.path, thread.content] = thread.place_id
            free[thread.content] = [
                one for one in free[thread.content] if one.item_id != thread.place_id
            ]
    fits: tuple[Callable[[Thread, Place], bool], ...] = (
        lambda thread, place: place.path == thread.path,
        lambda thread, place: place.class_id == (thread.given and ids.get(thread.given)),
        lambda thread, place: True,
    )
    for fit in fits:
        for thread in threads:
            key = thread.path, thread.content
            place = next((one for one in free[thread.content] if fit(thread, one)), None)
            if key not in found and place is not None:
                found[key] = place.item_id
                free[thread.content].remove(place)
    without = {
        (one.path, one.content): FEWER_COPIES if copies[one.content] else NOT_HERE
        for one in threads
        if (one.path, one.content) not in found
    }
    return found, without
