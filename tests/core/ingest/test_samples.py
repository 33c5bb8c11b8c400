"""Small pictures of a data set, before anything is computed of it."""

import base64
import io

from PIL import Image

from core.ingest import images
from core.ingest.readers import read_source, source_of
from core.ingest.samples import samples


def of(folder, count, roots=()):
    source = source_of(folder, roots=roots)
    return samples(source, read_source(source).records, count)


def test_samples_are_of_as_many_classes_as_possible(picture_folder):
    found = of(picture_folder, 4)
    assert sorted(one.label for one in found[:3]) == ["emu", "ketch", "lotus"]
    assert len({one.path for one in found}) == 4
    picture = Image.open(io.BytesIO(base64.b64decode(found[0].jpeg)))
    assert (picture.format, max(picture.size) <= images.SMALL_SIDE) == ("JPEG", True)


def test_what_cannot_be_read_is_left_out(picture_folder, tmp_path):
    for path in (picture_folder / "emu").iterdir():
        path.write_text("no image")
    secret = tmp_path / "secret.jpg"
    next((picture_folder / "lotus").iterdir()).rename(secret)
    (picture_folder / "ketch" / "link.jpg").symlink_to(secret)
    found = of(picture_folder, 20)
    assert {one.label for one in found} == {"ketch", "lotus"}
    assert len(found) == 6 + 5
    assert "ketch/link.jpg" not in {one.path for one in found}


def test_data_set_without_a_readable_image_has_no_samples(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.jpg").write_text("no image")
    assert of(tmp_path, 6) == []
