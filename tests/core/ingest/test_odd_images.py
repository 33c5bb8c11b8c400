"""Every damaged or odd file gets its exact verdict, alone and in the middle of an audit."""

import contextlib
import io
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.audit import Audit, item_id
from core.ingest import images
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.readers import source_of
from tests.core.ingest.odd_cases import BOMBS, CASES, DAMAGE, EXIF, PIXELS
from tests.core.ingest.odd_images import (
    PHOTOGRAPH,
    avif,
    exif,
    frames,
    gif,
    jpeg,
    mpo,
    png,
    tiff,
    webp,
)
from tests.core.making import read_images, write_table

USABLE = [case for case in CASES if case.reason is None]
REFUSED = [case for case in CASES if case.reason is not None]
READ_WHOLE = 10_000_000

# The tests' framework undoes what `core.ingest.images` says of these warnings.
pytestmark = [
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
]


def named(case):
    return case.path.rpartition("/")[2][:50]


def loaded(source, path):
    return images.load(read_file(path_inside(source, path)).data, path)


# -- alone -------------------------------------------------------------------------------------


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_file_is_refused_with_its_reason(tmp_path, case):
    case.write(tmp_path / "source")
    with pytest.raises(UnreadableImage) as error:
        loaded(tmp_path / "source", case.path)
    assert str(error.value) == case.reason


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", USABLE, ids=named)
def test_file_is_used(tmp_path, case):
    case.write(tmp_path / "source")
    picture = loaded(tmp_path / "source", case.path)
    found = (picture.format, (picture.width, picture.height), picture.note)
    assert found == (case.format, case.size, case.note)
    assert picture.image.mode == "RGB"
    for place, color in case.colors.items():
        np.testing.assert_allclose(picture.image.getpixel(place), color, atol=case.near)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert max(thumbnail.size) <= images.SMALL_SIDE
        small = thumbnail.convert("RGB").resize(picture.image.size)
    for place, color in case.colors.items():
        if min(case.size) > 8:  # beside each other, pixels lose their colors in a JPEG
            np.testing.assert_allclose(small.getpixel(place), color, atol=30)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("save", [jpeg, png, gif, webp, tiff, avif, mpo])
def test_whatever_is_damaged_nothing_but_a_reason_is_raised(save):
    dice = random.Random(0)
    whole = frames(save) if save is not jpeg else jpeg(exif=exif(6))
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 2, 9))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with contextlib.suppress(UnreadableImage):
            images.load(bytes(data[: dice.randrange(1, 2 * len(data))]), "a.jpg")


# -- in an audit -------------------------------------------------------------------------------


def contents(source):
    """What lies in a folder: size, time and bytes of files, targets of links."""
    found = {}
    for path in sorted(source.rglob("*")):
        status = path.lstat()
        content = None
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file() and status.st_size < READ_WHOLE:
            content = path.read_bytes()
        found[path.relative_to(source)] = (status.st_size, status.st_mtime_ns, content)
    return found


def allow_writing(source, allowed):
    for path in [source, *source.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755 if allowed else 0o555)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Every case that a folder's listing finds, beside photographs, read-only."""
    source = tmp_path_factory.mktemp("odd") / "source"
    for case in CASES:
        if case.listed:
            case.write(source)
    (source / "lotus").mkdir()
    (source / "lotus" / "photograph.jpg").write_bytes(PHOTOGRAPH)
    allow_writing(source, False)
    yield source
    allow_writing(source, True)


@pytest.fixture(scope="module")
def runs(source, tmp_path_factory):
    """The audit after two runs, with what lay in the source before and after them."""
    before = contents(source)
    audit = Audit.create(tmp_path_factory.mktemp("audit") / "audit", source_of(source))
    left = []
    for _ in range(2):
        pipeline.run(audit)
        left.append(what_is_known(audit))
    yield audit, left, (before, contents(source))
    audit.store.close()


def what_is_known(audit):
    return (
        audit.embeddings_file.read_bytes(),
        {row["path"]: row["reason"] for row in audit.store.quarantined()},
        {row["path"]: row["note"] for row in audit.store.notes()},
        audit.store.embedded_items(),
        audit.store.ranking(),
    )


def test_run_over_all_of_them_ends_well(runs):
    audit, _, _ = runs
    assert audit.store.latest_run()["state"] == "done"


def test_each_that_is_refused_is_in_quarantine_with_its_reason(runs):
    audit, _, _ = runs
    reasons = {row["path"]: row["reason"] for row in audit.store.quarantined()}
    assert reasons == {case.path: case.reason for case in REFUSED if case.listed}


def test_each_that_is_used_has_an_embedding_and_a_thumbnail(runs):
    audit, _, _ = runs
    rows = np.load(audit.embeddings_file, allow_pickle=False)
    items = {item.id: item for item in audit.store.embedded_items()}
    used = [case for case in USABLE if case.listed]
    assert len(items) == len(used) + 1
    for case in used:
        item = items[item_id(case.path)]
        assert np.isfinite(rows[item.row]).all()
        assert rows[item.row].any()
        with Image.open(audit.thumbnail_file(item.content_hash)) as thumbnail:
            thumbnail.load()


def test_what_was_found_is_recorded(runs):
    audit, _, _ = runs
    used = [case for case in USABLE if case.listed]
    items = audit.store.items([item_id(case.path) for case in used])
    recorded = {row["path"]: (row["format"], row["width"], row["height"]) for row in items.values()}
    assert recorded == {case.path: (case.format, *case.size) for case in used}


def test_each_note_is_recorded(runs):
    audit, _, _ = runs
    notes = {row["path"]: row["note"] for row in audit.store.notes()}
    assert notes == {case.path: case.note for case in USABLE if case.listed and case.note}


def test_second_run_changes_nothing(runs):
    _, (first, second), _ = runs
    assert first == second


def test_nothing_in_the_source_is_changed(runs):
    _, _, (before, after) = runs
    assert before == after


@pytest.fixture
def by_table(tmp_path):
    """An audit of what only a table can name, beside two photographs."""
    cases = [case for case in CASES if not case.listed]
    for case in cases:
        case.write(tmp_path / "source")
    for name in ("a", "b"):
        (tmp_path / "source" / f"{name}.jpg").write_bytes(PHOTOGRAPH)
    rows = [[case.path, "odd"] for case in cases] + [["a.jpg", "lotus"], ["b.jpg", "emu"]]
    labels = write_table(tmp_path / "labels.csv", ["path", "label"], *rows)
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source", labels))
    yield audit, cases
    audit.store.close()


def test_what_only_a_table_can_name_gets_its_verdict(by_table):
    audit, cases = by_table
    read_images(audit)
    reasons = {row["path"]: row["reason"] for row in audit.store.quarantined()}
    assert reasons == {case.path: case.reason for case in cases if case.reason}


def test_what_was_refused_is_tried_again(by_table):
    audit, _ = by_table
    read_images(audit)
    (audit.source.path / "odd" / "missing.jpg").write_bytes(PHOTOGRAPH)
    read_images(audit)
    assert "odd/missing.jpg" not in {row["path"] for row in audit.store.quarantined()}
    assert item_id("odd/missing.jpg") in {item.id for item in audit.store.embedded_items()}


# -- what it costs, and what is said beside it -------------------------------------------------

LOAD = """
import sys
from pathlib import Path
from core.ingest.images import UnreadableImage, load

def used(data):
    try:
        load(data, "a.png")
    except UnreadableImage:
        return False
    return True

def most_memory():  # in MB; getrusage would count what the process was forked from
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024

files = [Path(name).read_bytes() for name in sys.argv[1:]]
used(b"text")  # loads all that is loaded at the first time
before = most_memory()
print(sum(used(data) for data in files), most_memory() - before)
"""


def load_in_a_process(folder, cases):
    """Return how many are used, how many MB of memory that took, and what was said."""
    for case in cases:
        case.write(folder)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *(str(folder / case.path) for case in cases)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    return *map(int, done.stdout.split()), done.stderr


def test_refusing_a_bomb_takes_little_memory(tmp_path):
    bombs = [case for case in BOMBS if case.reason is not None]
    assert len(bombs) == 9
    used, memory, _ = load_in_a_process(tmp_path, bombs)
    assert used == 0
    assert memory < 50


def test_decoders_write_nothing_to_the_terminal(tmp_path):
    cases = [*DAMAGE, *BOMBS, *PIXELS, *EXIF]
    used, _, said = load_in_a_process(tmp_path, cases)
    assert used == sum(case.reason is None for case in cases)
    assert said == ""
