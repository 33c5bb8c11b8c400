"""No page shows, and no browser names, a folder outside of the roots that its owner allows."""

import os

import pytest

from core.ingest.allowed_roots import OutsideRoots, RootedFolders, allowed_roots


@pytest.fixture
def place(tmp_path):
    """Two folders, one of which may be shown; links of all kinds between them."""
    for path in ("shown/pets/cat/1.jpg", "shown/pets/dog/2.PNG", "shown/pets/labels.csv",
                 "shown/.ssh/id", "shown/.cache/pics/1.jpg", "shown/@eaDir/1.jpg",
                 "secret/deep/1.jpg", "secret/keys.csv", "shown-too/1.jpg"):  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
    shown = tmp_path / "shown"
    (shown / "out").symlink_to(tmp_path / "secret")
    (shown / "within").symlink_to(shown / "pets")
    (shown / "circle").symlink_to(shown / "circle")
    (shown / "hidden").symlink_to(shown / ".cache")
    (shown / "pets" / "keys.csv").symlink_to(tmp_path / "secret" / "keys.csv")
    return tmp_path


@pytest.fixture
def folders(place):
    return RootedFolders(allowed_roots_of(place / "shown"))


def allowed_roots_of(*paths):
    return tuple(path.resolve() for path in paths)


@pytest.mark.parametrize(
    ("names", "path"),
    [([], ""), (["pets"], "pets"), (["pets", "cat"], "pets/cat"), (["within", "cat"], "pets/cat")],
)
def test_folders_below_the_root_are_found_by_their_names(folders, place, names, path):
    assert folders.folder(0, names) == place / "shown" / path


@pytest.mark.parametrize(
    "names",
    [
        [".."],
        ["pets", ".."],
        ["pets", "../../secret"],
        ["pets/../../secret"],
        ["/etc"],
        ["//etc"],
        [""],
        ["."],
        ["pets\0"],
        ["pets", "..\\..\\secret"],
        ["out"],
        ["out", "deep"],
        ["circle"],
        [".ssh"],
        [".cache", "pics"],
        ["hidden"],
        ["hidden", "pics"],
        ["@eaDir"],
        ["missing"],
        ["pets", "labels.csv"],
        ["\udcff"],
        [1],
        [None],
        [["pets"]],
        "pets",
        None,
        {"0": "pets"},
    ],
)
def test_everything_else_is_refused_in_a_sentence(folders, names):
    with pytest.raises(OutsideRoots) as refusal:
        folders.folder(0, names)
    assert len(str(refusal.value)) < 150


@pytest.mark.parametrize("root", [1, -1, 0.0, True, "0", None])
def test_root_is_a_number_of_one_there_is(folders, root):
    with pytest.raises(OutsideRoots):
        folders.folder(root, [])


@pytest.mark.parametrize(
    "text", ["", "pets", "../secret", "/", "/etc", "{}/secret", "{}/shown-too",
             "{}/shown/../secret", "{}/shown/out/deep", "{}/shown/.ssh", "{}/shown/pets/labels.csv",
             "~nobody-here/x",
             "{}/shown/pets\0", "{}/shown/" + "x" * 5000]
)  # fmt: skip
def test_typed_path_outside_is_refused(folders, place, text):
    with pytest.raises(OutsideRoots):
        folders.typed(text.replace("{}", str(place)))


def test_typed_path_inside_is_taken_and_has_its_names(folders, place):
    found = folders.typed(f" {place}/shown/within/../pets/cat/ ")
    assert found == place / "shown" / "pets" / "cat"
    assert folders.place(found) == (0, ["pets", "cat"])


def test_whether_something_exists_outside_is_not_told(folders, place):
    messages = set()
    for path in ("secret", "nothing-here", "secret/deep"):
        with pytest.raises(OutsideRoots) as refusal:
            folders.typed(f"{place}/{path}")
        messages.add(str(refusal.value))
    assert len(messages) == 1


def test_contents_are_named_without_hidden_ones_and_links_out(folders, place):
    found = folders.contents(place / "shown")
    assert found.folders == ["pets", "within"]
    assert (found.elsewhere, found.images, found.tables) == (2, 0, [])
    pets = folders.contents(place / "shown" / "pets")
    assert (pets.folders, pets.tables) == (["cat", "dog"], ["labels.csv"])
    assert folders.contents(place / "shown" / "pets" / "dog").images == 1


def test_table_is_below_a_root_too(folders, place):
    table = place / "shown" / "pets" / "labels.csv"
    assert folders.file(table) == table
    for other in ("shown/pets/keys.csv", "secret/keys.csv", "shown/pets", "shown/.ssh/id"):
        with pytest.raises(OutsideRoots):
            folders.file(place / other)


def test_folder_that_became_a_link_out_is_refused(folders, place):
    found = folders.folder(0, ["pets", "cat"])
    (place / "shown" / "pets" / "cat").rename(place / "was")
    found.symlink_to(place / "secret")
    with pytest.raises(OutsideRoots):
        folders.checked(found)


def test_roots_are_the_home_folder_only_where_nobody_else_can_see_the_page(monkeypatch, tmp_path):
    monkeypatch.delenv("SECOND_LOOK_ROOTS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert allowed_roots(is_private=True) == (tmp_path.resolve(),)
    assert allowed_roots(is_private=False) == ()


@pytest.mark.parametrize("is_private", [True, False])
def test_owner_names_the_roots(monkeypatch, place, is_private):
    named = [place / "shown", place / "missing", place / "shown-too", place / "shown"]
    monkeypatch.setenv("SECOND_LOOK_ROOTS", os.pathsep.join(map(str, named)))
    assert allowed_roots(is_private) == allowed_roots_of(place / "shown", place / "shown-too")


@pytest.mark.parametrize(
    "named",
    [
        (0, ["pets"], "../../secret/keys.csv"),
        (0, ["pets", ".."], "labels.csv"),
        (0, ["pets"], "keys.csv"),
        (0, ["pets"], "/etc/passwd"),
        (0, ["pets"], "cat"),
        (0, ["pets"], ".hidden.zip"),
        (0, ["pets"], "missing.zip"),
        (0, [".ssh"], "id"),
        (0, ["out"], "keys.csv"),
        (1, ["pets"], "labels.csv"),
        (0, ["pets"], None),
        (0, ["pets"], ["labels.csv"]),
        (0, None, "labels.csv"),
    ],
)
def test_file_that_a_browser_names_lies_below_a_root_or_is_refused(folders, place, named):
    (place / "shown" / "pets" / ".hidden.zip").touch()
    with pytest.raises(OutsideRoots):
        folders.named_file(*named)
    expected = place / "shown" / "pets" / "labels.csv"
    assert folders.named_file(0, ["within"], "labels.csv") == expected


def test_files_that_may_hold_images_are_told_from_tables(folders, place):
    packed = ["a.ZIP", "b.tar.gz", "c.tgz", "d.npz", "t10k-images-idx3-ubyte.gz", "x.parquet"]
    others = ["labels.csv.gz", "t10k-labels-idx1-ubyte.gz", "tar", "1.gz", ".x.zip"]
    for name in (*packed, *others):
        (place / "shown" / "pets" / name).touch()
    (place / "shown" / "pets" / "link.zip").symlink_to(place / "secret" / "keys.csv")
    found = folders.contents(place / "shown" / "pets")
    assert found.packed == packed
    assert found.tables == ["labels.csv", "x.parquet"]


def test_typed_place_is_a_folder_or_a_file(folders, place):
    for path in ("shown/pets", "shown/pets/labels.csv"):
        assert folders.typed_place(f"{place}/{path}") == place / path
    for path in ("secret/keys.csv", "shown/pets/keys.csv", "secret", "shown/none"):
        with pytest.raises(OutsideRoots):
            folders.typed_place(f"{place}/{path}")
