"""What is shown before an export is what the export then holds."""

import json

import pytest

from core.export.choices import ExportChoices
from core.export.exporting import export
from core.export.manifest_files import manifest_beside
from core.export.preview import Considered
from core.export.unblinding import StillBlind
from core.export.writers import WRITERS
from core.ingest.readers import source_of
from core.review import class_changes
from tests.core.making import Auditor, write_table

VERDICTS = [
    ("relabel", ["dog"]), ("keep", []), ("ambiguous", ["cat", "dog"]), ("none", []),
    ("bad image", []), ("unsure", []), ("relabel", ["emu"]),
]  # fmt: skip


@pytest.fixture
def audit(listed, tmp_path):
    (tmp_path / "images").mkdir()
    labels = ["cat", "dog", "emu", "", "cat", "", "dog", "emu", "emu", ""]
    rows = [[f"{n}.jpg", label] for n, label in enumerate(labels)]
    table = write_table(tmp_path / "labels.csv", ["path", "label"], *rows)
    return listed(source_of(tmp_path / "images", table))


def judged(audit):
    ana = Auditor(audit.store, "Ana")
    for number, (verdict, labels) in enumerate(VERDICTS):
        ana.judge(f"{number}.jpg", verdict, labels)
    return audit


@pytest.mark.parametrize(
    "fates",
    [
        {},
        {"ambiguous": "leave-out", "none": "class:other", "unreviewed": "leave-out"},
        {"ambiguous": "given", "bad image": "leave-out", "unsure": "empty", "unreviewed": "empty"},
        {"unreviewed": "class:unseen", "none": "given"},
    ],
)
@pytest.mark.parametrize("is_renamed", [False, True])
def test_preview_counts_what_the_manifest_of_the_export_says(audit, tmp_path, fates, is_renamed):
    judged(audit)
    if is_renamed:
        class_changes.rename(audit.store, "emu", "ostrich", auditor="Ana")
    choices = ExportChoices(fates)
    shown = Considered.of(audit).preview(choices)
    export(audit, WRITERS["csv"], tmp_path / "out.csv", choices)
    written = json.loads(manifest_beside(tmp_path / "out.csv").read_text())["counts"]
    by_verdict = written.pop("by_verdict")
    assert {key: count for key, count in shown.counts.items() if count} == {
        key: count for key, count in written.items() if count
    }
    assert {key: count for key, count in shown.verdicts.items() if count} == by_verdict


def test_preview_holds_what_was_decided_with_its_new_labels(audit):
    shown = Considered.of(judged(audit)).preview(ExportChoices({"ambiguous": "leave-out"}))
    assert sorted((item.path, item.labels, item.is_left_out) for item in shown.decided) == [
        ("0.jpg", ("dog",), False), ("1.jpg", ("dog",), False), ("2.jpg", ("cat", "dog"), True),
        ("3.jpg", (), False), ("4.jpg", (), False), ("5.jpg", (), False),
        ("6.jpg", ("emu",), False),
    ]  # fmt: skip
    times = [item.at for item in shown.decided]
    assert times == sorted(times, reverse=True)
    assert shown.written == 9


def test_preview_hides_what_an_auditor_is_to_review_blind(audit):
    audit.store.set_second_share(1.0)
    judged(audit)
    with pytest.raises(StillBlind):
        Considered.of(audit, "Ben")
