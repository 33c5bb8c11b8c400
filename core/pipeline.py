"""The ordered steps from a folder of images to a ranked list and a map.

Every step is skipped when its inputs have not changed, resumes where it stopped,
and reports its progress. Files are written under another name and renamed into
place.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write, remove_partial
from core.audit import DATABASE, Audit, AuditError, Source, fingerprint, item_id
from core.detectors.layer_choice import choose_layers
from core.embedding.backbone import check_backbone
from core.embedding.choice import EmbeddingChoice
from core.embedding.chosen_by_size import settled
from core.embedding.given.class_matching import name_outputs
from core.embedding.given.taking import take_embeddings, take_predictions
from core.embedding.redecoding import forget_decoded_otherwise
from core.embedding.runner import embed_images
from core.findings import FINDINGS, PixelTable, find_issues
from core.ingest.fetching import FetchCutOff
from core.ingest.linked_folders import outside_note
from core.ingest.questions import answered
from core.ingest.readers import Listing, SourceError, read_source
from core.ingest.records import UnansweredQuestion
from core.ingest.unpacking import bring, check_packed, contents, is_packed
from core.jobs import run_lock
from core.jobs.progress import StepProgress, recorded_run
from core.jobs.steps import STEP_TITLES
from core.neighbors import HalfWhitening, list_length
from core.neighbors.graph_folder import is_whole
from core.neighbors.refreshing import EmbeddedItems, refresh
from core.ranking.fine_tuned_input import (
    FINE_TUNED_NOTE,
    fine_tuned_inputs,
    set_fine_tuning,
)
from core.ranking.fit import (
    DETECTOR,
    MIXED_CLASSES,
    NOISE_RATES,
    PREDICTIONS_NOTE,
    certain_priorities,
    check_detector,
    fit_evidence,
    method_key,
    verdicts_counted,
)
from core.ranking.live import VERDICTS_AT_FIT
from core.review.class_changes import RANKED_CLASSES
from core.store import EmbeddedItem, Row
from core.structure.laying_out import lay_out
from core.terms import current_name
from core.text import LONGEST_SENTENCE, counted, sentence
from core.versions import EVIDENCE_VERSION, METHOD_VERSION, RANKING_VERSION

OTHERS = "of {:,} more, other reasons"


class Step(NamedTuple):
    """One step: its name in the database, what it counts, and what it does."""

    name: str
    unit: str
    run: Callable[[Audit, StepProgress, EmbeddingChoice], None]


def compute(
    source: Source,
    folder: Path,
    detector: str | None = None,
    *,
    resumed: str | None = None,
    last: str | None = None,
    tunes: bool | None = None,
    **embedding: str | None,
) -> Audit:
    """Open the audit of `source` in `folder`, made when missing, and bring it up to date.

    Parameters
    ----------
    source : Source
    folder : Path
    detector : str or None
        Name of what ranks the labels; None for what ranked them before.
    resumed : str or None
        The id of the audit that must be there: none is made.
    last : str or None
        See `run`.
    tunes : bool or None
        Whether the network is fine-tuned; None for as before.
    **embedding : str or None
        Fields of `EmbeddingChoice`, likewise.

    Raises
    ------
    JobRefused
        When another process computes it.
    AuditError, SourceError, BackboneError, GivenFileError
        See `Audit.create` and `run`; a mistake leaves no new folder behind.
    """
    if detector is not None:
        detector = current_name(detector)
        check_detector(detector)
    is_new = resumed is None and not (folder / DATABASE).exists()
    if is_new:
        source = _checked(source)
        check_backbone(EmbeddingChoice.default().updated(**embedding))
    if resumed is not None:
        present = Audit(folder)
        present.store.close()
        if present.id != resumed:
            raise AuditError(f"Another audit lies in {folder} now.")
    has_made = is_new and not folder.exists()
    audit = Audit.create(folder, source)
    choice = EmbeddingChoice.of(audit).updated(**embedding)
    with run_lock(audit):
        if detector is not None:
            audit.store.set_settings({DETECTOR: detector})
        if tunes is not None:
            set_fine_tuning(audit, tunes)
        try:
            run(audit, choice, last)
        except (UnansweredQuestion, FetchCutOff):
            raise  # what was unpacked is there for the answer, or to go on with
        except SourceError:
            if has_made and is_packed(source) and not audit.store.counts()["items"]:
                audit.store.close()
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return audit


def _checked(source: Source) -> Source:
    """Return the source of a new audit, with the answers that need no person, or refuse it."""
    if source.url is not None:  # it is looked at just once, when it is fetched
        return source
    if is_packed(source):
        check_packed(source)
        return source
    source = answered(source)
    read_source(source)
    return source


def run(audit: Audit, choice: EmbeddingChoice | None = None, last: str | None = None) -> None:
    """Bring everything in `audit` up to date.

    Parameters
    ----------
    audit : Audit
    choice : EmbeddingChoice or None
        The source of embeddings; None for the present one.
    last : str or None
        The last step to do; None for all of them.

    Raises
    ------
    SourceError
        When the data set cannot be read.
    BackboneError, GivenFileError
        When embeddings cannot be made with `choice`.
    """
    choice = choice or EmbeddingChoice.of(audit)
    remove_partial(audit.folder)
    names = [step.name for step in STEPS]
    steps = STEPS if last is None else STEPS[: names.index(last) + 1]
    if audit.source.url is not None:
        steps = (FETCH, *steps)
    with recorded_run(audit.store, [step.name for step in steps]) as progress:
        for step in steps:
            with progress.step(step.name, STEP_TITLES[step.name], step.unit) as reporter:
                step.run(audit, reporter, choice)


def list_items(
    audit: Audit, update: Callable[[int, int], None] = lambda done, total: None
) -> Listing:
    """Read the data set of `audit` and make the items listed just what it holds now.

    What is packed is unpacked first; `update` is called with files done and in all.
    What is at a URL was fetched by the step before, if any.

    Raises
    ------
    SourceError
        When it cannot be read; then nothing was changed.
    """
    source, notes = contents(audit, update, is_current=True)
    listing = read_source(source)
    listing = replace(listing, notes=[*notes, *listing.notes])
    audit.store.replace_listing(listing_rows(listing), listing.classes)
    audit.store.set_settings(
        {
            "columns": listing.columns,
            "earlier_columns": listing.earlier,
            "source_notes": listing.notes,
        }
    )
    return listing


def listing_rows(listing: Listing) -> Iterator[Row]:
    """Yield what `Store.replace_listing` takes of a listing."""
    for position, record in enumerate(listing.records):
        yield {
            "id": item_id(record.path),
            "path": record.path,
            "label": record.label,
            "fields": record.fields,
            "position": position,
            "split": record.split,
            "region": record.region,
        }


def _fetch_files(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    is_new = False

    def update(done: int, total: int) -> None:
        nonlocal is_new
        is_new = True
        step.update(done, total)

    for note in bring(audit, update):
        step.say(note)
    if not is_new:
        step.skip()


def _list_images(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    listing = list_items(audit, step.update)
    for note in listing.notes:
        step.say(note)
    step.update(len(listing.records), len(listing.records))


def _embed(audit: Audit, step: StepProgress, choice: EmbeddingChoice) -> None:
    choice, note = settled(audit, choice)
    if note:
        step.say(note)
    forget_decoded_otherwise(audit, choice)
    embed = take_embeddings if choice.embeddings else embed_images
    if not embed(audit, choice, step.update):
        step.skip()
    if choice.predictions:
        take_predictions(audit, choice)
    else:
        name_outputs(audit)
    audit.store.place_verdicts()
    if outside := outside_note(audit.contents.path, audit.store.unread_files()):
        step.say(outside)


def _find_neighbors(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    items = audit.store.embedded_items()
    made_from = _fingerprint_of_images(audit, items)
    if is_whole(audit.neighbors_folder) and audit.store.fingerprint("neighbors") == made_from:
        return step.skip()
    if not items:
        raise SourceError(_nothing_to_rank(audit))
    step.update(0, len(items))
    embedded = EmbeddedItems(
        embeddings=np.load(audit.embeddings_file, mmap_mode="r", allow_pickle=False),
        rows=np.array([item.row for item in items], dtype=np.intp),
        ids=[item.id for item in items],
        contents=[item.content_hash or "" for item in items],
        made_with=fingerprint(audit.embedded_with, METHOD_VERSION),
    )

    def fitted() -> HalfWhitening:
        labels = np.array([-1 if item.class_id is None else item.class_id for item in items])
        choice = choose_layers(embedded.embeddings, embedded.rows, audit.layer_widths, labels)
        if choice.note:
            step.say(choice.note)
        return choice.whitening

    refresh(audit.neighbors_folder, embedded, list_length(len(items)), step.update, fitted)
    audit.store.set_fingerprint("neighbors", made_from)
    (audit.folder / "neighbors.npz").unlink(missing_ok=True)  # of an earlier version


def _nothing_to_rank(audit: Audit) -> str:
    """Say why no image could be read: every reason, the most frequent first, with an example."""
    beginning = "No image could be read, so there is nothing to rank"
    quarantined = audit.store.quarantined()
    if note := outside_note(audit.contents.path, quarantined):
        return f"{beginning}: {note}"
    reasons = Counter(row["reason"] for row in quarantined)
    examples = {row["reason"]: row["path"] for row in reversed(quarantined)}
    parts: list[str] = []
    left = sum(reasons.values())
    for reason, count in reasons.most_common():
        part = f"of {counted(count, 'image')} such as {sentence(examples[reason], 60)}, {reason}"
        if parts and len("; ".join([beginning, *parts, part])) > LONGEST_SENTENCE - len(OTHERS):
            parts.append(OTHERS.format(left))
            break
        parts.append(part)
        left -= count
    return f"{beginning}: {'; '.join(parts)}." if parts else f"{beginning}."


def fit_evidence_step(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    """Rank the labels, unless nothing has changed."""
    items = audit.store.embedded_items()
    counted = verdicts_counted(audit)
    made_from = fingerprint(
        _fingerprint_of_images(audit, items),
        [item.class_id for item in items],
        [*method_key(audit), *fine_tuned_inputs(audit), counted],
        (RANKING_VERSION, EVIDENCE_VERSION),
    )
    audit.store.set_settings({RANKED_CLASSES: audit.store.class_log_id()})
    if _is_current(audit, "evidence", audit.evidence_file, made_from):
        return step.skip()
    fitted = fit_evidence(audit, items, step.update)
    _save_arrays(audit.evidence_file, **fitted.table._asdict())
    audit.store.replace_scores(fitted.scores)
    audit.store.set_priorities(certain_priorities(audit, items, fitted.scores))
    audit.store.set_settings(
        {
            VERDICTS_AT_FIT: counted,
            NOISE_RATES: fitted.noise_rates,
            MIXED_CLASSES: fitted.mixed_classes,
            PREDICTIONS_NOTE: fitted.predictions,
            FINE_TUNED_NOTE: fitted.fine_tuned,
        }
    )
    if fitted.predictions:
        step.say(fitted.predictions)
    audit.store.set_fingerprint("evidence", made_from)
    if fitted.fine_tuned:
        step.say(fitted.fine_tuned)


def _find_issues(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    items = audit.store.embedded_items()
    made_from = fingerprint(
        _fingerprint_of_images(audit, items),
        [(item.class_id, item.split) for item in items],
        [(kind.name, kind.version) for kind in FINDINGS.values()],
        audit.store.measured_count(),
    )
    if audit.store.fingerprint("findings") == made_from:
        return step.skip()
    pixels = PixelTable.of(audit.store.embedded_pixels(), len(items))

    def thumbnail(row: int) -> bytes | None:
        file = audit.thumbnail_file(items[row].content_hash)
        return file.read_bytes() if items[row].content_hash and file.is_file() else None

    graph = audit.neighbors().graph
    # All of them first: desks wait while they are stored, and progress cannot be stored meanwhile.
    found = list(find_issues(items, graph, pixels, thumbnail, step.update))
    audit.store.replace_findings(found)
    audit.store.set_fingerprint("findings", made_from)
    step.update(len(items), len(items))


def _draw_map(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    laid_out = lay_out(audit, progress=step.update)
    if laid_out.state == "unchanged":
        return step.skip()
    if laid_out.placed:
        step.say(f"{counted(laid_out.placed, 'image')} placed on the map; the others stay.")


FETCH = Step("fetch", "MB", _fetch_files)
"""Comes first where the source is a URL."""

STEPS = (
    Step("list", "images", _list_images),
    Step("embed", "images", _embed),
    Step("neighbors", "images", _find_neighbors),
    Step("evidence", "parts", fit_evidence_step),
    Step("findings", "images", _find_issues),
    Step("map", "epochs", _draw_map),
)


def _fingerprint_of_images(audit: Audit, items: list[EmbeddedItem]) -> str:
    return fingerprint(
        [(item.id, item.row, item.content_hash) for item in items],
        audit.embedded_with,
        METHOD_VERSION,
    )


def _is_current(audit: Audit, artifact: str, file: Path, made_from: str) -> bool:
    return file.exists() and audit.store.fingerprint(artifact) == made_from


def _ids(items: list[EmbeddedItem]) -> NDArray[np.str_]:
    return np.array([item.id for item in items], dtype="U16")


def _save_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    with atomic_write(path) as partial:
        np.savez(partial, allow_pickle=False, **arrays)
