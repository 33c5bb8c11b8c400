"""Links lead only where somebody has said that they may; all others are named."""

import shutil

import pytest

from core import pipeline
from core.audit import Audit
from core.embedding.reading import read_items
from core.ingest.files import UnreadableImage, path_inside
from core.ingest.linked_folders import MOST_VISITS, FolderWalk, outside_note
from core.ingest.readers import SourceError, read_source, source_of
from tests.core.making import ANOTHER, write_table


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source" / "dog").mkdir(parents=True)
    (tmp_path / "source" / "dog" / "1.jpg").write_bytes(b"x")
    return tmp_path / "source"


@pytest.fixture
def store(tmp_path):
    """A folder outside the source with a class folder in it."""
    (tmp_path / "store" / "cats").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / "store" / "cats" / name).write_bytes(b"x")
    return tmp_path / "store"


def labels(listing):
    return {record.path: record.label for record in listing.records}


# -- linked folders ------------------------------------------------------------------------------


def test_class_folder_that_links_outside_does_not_vanish_in_silence(source, store):
    (source / "cat").symlink_to(store / "cats")
    (source / "cat 2").symlink_to(store / "cats")
    listing = read_source(source_of(source))
    assert labels(listing) == {"dog/1.jpg": "dog"}
    note, _ = listing.notes
    assert note == (
        "2 folders are links out of the source folder and not followed, such as cat, to"
        f" {store / 'cats'}; --root DIR lets images in DIR be read too."
    )


def test_class_folder_that_links_into_a_root_is_read_under_the_links_name(source, store):
    (source / "cat").symlink_to(store / "cats")
    listing = read_source(source_of(source, roots=[store]))
    assert labels(listing) == {"cat/1.jpg": "cat", "cat/2.jpg": "cat", "dog/1.jpg": "dog"}
    assert listing.notes == []


def test_folder_that_links_within_the_source_is_read(source):
    (source / ".annex" / "cats").mkdir(parents=True)
    (source / ".annex" / "cats" / "1.jpg").write_bytes(b"x")
    (source / "cat").symlink_to(".annex/cats")
    assert labels(read_source(source_of(source))) == {"cat/1.jpg": "cat", "dog/1.jpg": "dog"}


def test_source_of_nothing_but_links_says_where_they_lead(source, store):
    shutil.rmtree(source / "dog")
    (source / "cat").symlink_to(store / "cats")
    with pytest.raises(SourceError, match=r"no images in .* 1 folder is a link out .*--root DIR"):
        read_source(source_of(source))


def test_loops_of_links_end_and_are_named(source, store):
    (source / "loop").symlink_to(source)
    (source / "dog" / "up").symlink_to("..")
    (source / "cat").symlink_to(store / "cats")
    (store / "cats" / "back").symlink_to(source)
    listing = read_source(source_of(source, roots=[store]))
    assert sorted(labels(listing)) == ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"]
    (note,) = listing.notes
    assert note.startswith("3 folders are links in circles and not followed, such as cat/back, to")


def test_folders_that_all_link_to_each_other_end_soon(source):
    names = [f"class {number}" for number in range(12)]
    for name in names:
        (source / name).mkdir()
        (source / name / "1.jpg").write_bytes(b"x")
        for other in names:
            if other != name:
                (source / name / other).symlink_to(source / other)
    walk = FolderWalk(source)
    files = list(walk.files())
    assert {f"{name}/1.jpg" for name in names} <= {*files}
    assert len(files) <= 1 + len(names) * (1 + MOST_VISITS)


def test_link_to_itself_and_link_to_nothing_stop_no_listing(source):
    (source / "dog" / "self.jpg").symlink_to("self.jpg")
    (source / "nothing").symlink_to("nowhere")
    (source / "self").symlink_to("self")
    assert sorted(labels(read_source(source_of(source)))) == ["dog/1.jpg", "dog/self.jpg"]


def test_root_that_is_no_folder_is_refused(source, tmp_path):
    with pytest.raises(SourceError, match=r"There is no folder .*missing"):
        source_of(source, roots=[tmp_path / "missing"])


# -- linked images -------------------------------------------------------------------------------


@pytest.fixture
def hub(tmp_path):
    """A cache as model hubs lay it: images are links to files called like their hash."""
    blobs = tmp_path / "hub" / "blobs"
    snapshot = tmp_path / "hub" / "snapshots" / "abc"
    (snapshot / "cat").mkdir(parents=True)
    blobs.mkdir()
    shutil.copy(ANOTHER, blobs / "5af3")
    (snapshot / "cat" / "1.jpg").symlink_to("../../../blobs/5af3")
    return snapshot


def listed(source, folder):
    audit = Audit.create(folder, source)
    pipeline.list_items(audit)
    (file,) = audit.store.listed_files()
    return audit, file


def test_image_that_links_outside_is_not_read_and_named(hub, tmp_path):
    audit, file = listed(source_of(hub), tmp_path / "audit")
    (read,) = read_items(audit, [file])
    assert read.failure == "the path leads out of the source folder"
    audit.store.record_files([], {file["id"]: read.failure})
    assert outside_note(hub, audit.store.unread_files()) == (
        "1 image leads out of the source folder and could not be read, such as cat/1.jpg, to"
        f" {hub.parents[1] / 'blobs' / '5af3'}; --root DIR lets images in DIR be read too."
    )
    with pytest.raises(SourceError, match=r"nothing to rank: 1 image leads out"):
        pipeline._find_neighbors(audit, None, None)
    audit.store.close()


def test_image_that_links_into_a_root_is_read_by_the_links_name(hub, tmp_path):
    blobs = hub.parents[1] / "blobs"
    audit, file = listed(source_of(hub, roots=[blobs]), tmp_path / "audit")
    (read,) = read_items(audit, [file])
    assert (read.failure, read.found["format"], read.found["note"]) == (None, "JPEG", None)
    (hub / "cat" / "1.jpg").rename(hub / "cat" / "1.png")
    pipeline.list_items(audit)
    (file,) = audit.store.listed_files()
    assert "its name ends in .png" in read_items(audit, [file])[0].found["note"]
    audit.store.close()


def test_roots_are_remembered_and_added(hub, tmp_path):
    blobs = hub.parents[1] / "blobs"
    (tmp_path / "more").mkdir()
    Audit.create(tmp_path / "audit", source_of(hub, roots=[blobs])).store.close()
    Audit.create(tmp_path / "audit", source_of(hub)).store.close()
    audit = Audit.create(tmp_path / "audit", source_of(hub, roots=[tmp_path / "more"]))
    assert audit.source.roots == (blobs, tmp_path / "more")
    audit.store.close()


def test_path_in_a_table_leads_only_into_a_root(source, store, tmp_path):
    table = write_table(tmp_path / "in.csv", ["path", "label"], ["../store/cats/1.jpg", "cat"])
    read_source(source_of(source, table, roots=[store]))
    assert path_inside(source, "../store/cats/1.jpg", [store]) == store / "cats" / "1.jpg"
    for path, roots in (("../store/cats/1.jpg", []), ("../secret.jpg", [store])):
        with pytest.raises(UnreadableImage, match="leads out"):
            path_inside(source, path, roots)


def test_link_that_is_turned_elsewhere_is_refused_from_then_on(source, store, tmp_path):
    link = source / "dog" / "2.jpg"
    link.symlink_to(store / "cats" / "1.jpg")
    assert path_inside(source, "dog/2.jpg", [store]) == store / "cats" / "1.jpg"
    (tmp_path / "secret.jpg").write_bytes(b"x")
    link.unlink()
    link.symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(UnreadableImage):
        path_inside(source, "dog/2.jpg", [store])
