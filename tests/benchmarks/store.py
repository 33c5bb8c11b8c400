"""Time of the database for what the pipeline writes and for the pages' most frequent queries.

    python -m tests.benchmarks.store [--items 100000] [--times 5] [--cache DIR]

Medians, in milliseconds, on a synthetic audit of which others have judged a
fifth. To compare two checkouts, run it in both, each with its own --cache.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from core.audit import Audit
from core.ingest.readers import read_source
from core.pipeline import listing_rows
from core.store import Decision, Row, Store
from tests.benchmarks.desk_scale import timed
from tests.benchmarks.latency import audit_of, heading, report

ITEMS_OF_A_CARD = 50
"""Items beside an image whose verdicts are asked for at once."""

QUERIES = ("split:test", "split:train -verdict:any", "suspicion:>0.5")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument(
        "--times", type=int, default=5, help="of each; writes of one item: 20 times"
    )
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        audit_of(options.items, options.cache, Path(scratch), options.items // 5) as audit,
    ):
        heading(f"database, {options.items:,} images, ms")
        for name, times in measured(audit, Path(scratch), options.times):
            report(name, times, digits=1)


def measured(audit: Audit, scratch: Path, times: int) -> Iterator[tuple[str, list[float]]]:
    """Yield what was done and the milliseconds of each time; new databases go into `scratch`."""
    store = audit.store
    ids = store.queue_ids()
    yield "opening", timed(lambda: Store(store.path).close(), times)
    for query in QUERIES:
        parsed = store.parse_query(query)
        yield f"first page of {query}", timed(lambda parsed=parsed: store.browse(parsed), times)
        yield f"count of {query}", timed(lambda parsed=parsed: store.match_count(parsed), times)
    yield "splits", timed(store.splits, times)
    yield "current_verdicts", timed(store.current_verdicts, times)
    card = ids[:ITEMS_OF_A_CARD]
    yield "awaits_second", timed(lambda: store.awaits_second("Ana", card), times)
    numbers = count()
    yield "add_action, one item", timed(lambda: _keep(store, ids, next(numbers)), 20 * times)
    scores = store._query("select * from scores")
    yield "replace_scores", timed(lambda: store.replace_scores(scores), times)
    records = list(listing_rows(read_source(audit.source)))
    yield "replace_listing, unchanged", timed(lambda: store.replace_listing(records), times)
    files = (scratch / f"new-{number}.db" for number in count())
    yield "replace_listing, new", timed(lambda: _list_anew(next(files), records), times)


def _keep(store: Store, ids: list[str], number: int) -> None:
    store.add_action(
        session="benchmark",
        seq=number,
        auditor="Ana",
        decisions=[Decision(ids[number % len(ids)], "keep")],
    )


def _list_anew(file: Path, records: list[Row]) -> None:
    store = Store(file)
    store.replace_listing(records)
    store.close()


if __name__ == "__main__":
    main()
