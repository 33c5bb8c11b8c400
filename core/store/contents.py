"""Verdicts lie where their content is: they follow files that are renamed, swapped or copied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlite_utils import Database

from core.store.connection import StoreBase
from core.terms import UNDO


class Thread(NamedTuple):
    """What was decided about one content, all of it, and where it lies.

    Attributes
    ----------
    place : str
        The item.
    content : str
        Its hash.
    given_id : int or None
        The label at the latest verdict.
    origin : str
        The item on which the latest verdict was given.
    """

    place: str
    content: str
    given_id: int | None
    origin: str


class Place(NamedTuple):
    """A listed item on whose present content nothing was ever decided."""

    item_id: str
    class_id: int | None


# Threads whose item holds something else now, or is not in the data set any more; what was decided
# last comes first, and what nobody has undone before that.
HOMELESS = f"""
select place_id, content_hash, given_id, item_id, max(id) as latest, max(stands) as stands from (
  select v.*, not exists (select 1 from verdicts u where u.undoes = v.id) as stands
  from verdicts v join items on items.id = v.place_id
  where v.verdict != '{UNDO}' and v.content_hash is not null
    and (not items.listed or items.content_hash is not v.content_hash))
group by place_id, content_hash order by stands desc, latest desc
"""

FREE = """
select content_hash, id, class_id from items join labels on item_id = id
where listed and content_hash in (select value from json_each(?)) and not exists (
  select 1 from verdicts v where v.place_id = items.id and v.content_hash = items.content_hash)
order by path
"""

MOVE = """
update verdicts set place_id = :to where place_id = :place and (
  content_hash = :content or undoes in (
    select id from verdicts where place_id in (:to, :place) and content_hash = :content))
"""


class ContentStore(StoreBase):
    """The part of the store that knows where verdicts lie."""

    def place_verdicts(self) -> int:
        """Let verdicts follow their content to the items that hold it now.

        Whatever becomes of names: a verdict stays while its item holds the
        content. Else it goes, with all else that was decided about that
        content there, to a listed item with the same content on which nothing
        was decided: the one where it was given, if that is one of them, else
        one with the label that was judged, else the first by path. What finds
        none waits until the content comes back.

        Returns
        -------
        int
            How many items got verdicts in this way.
        """
        with self.transaction() as db:
            moves = _moves(_homeless(db), lambda contents: _free(db, contents))
            db.conn.executemany(
                MOVE,
                [
                    {"to": place.item_id, "place": thread.place, "content": thread.content}
                    for thread, place in moves
                ],
            )
        return len(moves)


def _homeless(db: Database) -> list[Thread]:
    return [Thread(*row[:4]) for row in db.execute(HOMELESS).fetchall()]


def _free(db: Database, contents: Iterable[str]) -> dict[str, list[Place]]:
    """Return the items that verdicts may go to, by content, in the order of their paths."""
    places: dict[str, list[Place]] = {}
    for content, *place in db.execute(FREE, [json.dumps(list(contents))]).fetchall():
        places.setdefault(content, []).append(Place(*place))
    return places


def _moves(
    threads: list[Thread], free: Callable[[set[str]], dict[str, list[Place]]]
) -> list[tuple[Thread, Place]]:
    """Return which threads go where; the better a place fits, the sooner it is taken."""
    places = free({thread.content for thread in threads}) if threads else {}
    fits: tuple[Callable[[Thread, Place], bool], ...] = (
        lambda thread, place: place.item_id == thread.origin,
        lambda thread, place: place.class_id == thread.given_id,
        lambda thread, place: True,
    )
    moves: dict[Thread, Place] = {}
    for fit in fits:
        for thread in threads:
            at = places.get(thread.content, [])
            found = next((place for place in at if fit(thread, place)), None)
            if thread not in moves and found is not None:
                moves[thread] = found
                at.remove(found)
    return list(moves.items())
