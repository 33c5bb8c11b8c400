"""Audits of a version that applied no color profiles: just those images are embedded anew."""

import io

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.audit import item_id
from core.embedding.redecoding import DECODED_BY
from core.ingest import images
from tests.core.ingest.color_profiles import ADOBE_RGB, rgb_profile
from tests.core.making import ANOTHER, add_image, contents_of, rows_by_path, steps

PROFILED = "profiled.jpg"


def forget_version(audit):
    """As an audit is that an earlier version has made."""
    with audit.store.transaction() as db:
        db.execute("delete from settings where key = ?", [DECODED_BY])


def photograph(profile):
    buffer = io.BytesIO()
    with Image.open(ANOTHER) as image:
        image.save(buffer, "JPEG", quality=95, icc_profile=profile)
    return buffer.getvalue()


@pytest.fixture
def earlier(computed, monkeypatch):
    """An audit made without regard to the color profile that one of its images has.

    The steps behind the neighbors tell what is new by the same fingerprint, and take a while.
    """
    monkeypatch.setattr(pipeline, "STEPS", pipeline.STEPS[:3])
    add_image(computed, PROFILED, photograph(rgb_profile(ADOBE_RGB)))
    with monkeypatch.context() as patched:
        patched.setattr(images, "profile_of", lambda image: None)
        pipeline.run(computed)
    forget_version(computed)
    return computed


def test_only_the_image_with_a_profile_is_embedded_anew(earlier, counting):
    before, item = rows_by_path(earlier), item_id(PROFILED)
    thumbnail = earlier.thumbnail_file(contents_of(earlier.store, [item])[item])
    dull = thumbnail.read_bytes()
    pipeline.run(earlier)
    after = rows_by_path(earlier)
    assert counting.images == 1
    assert [path for path in before if before[path] != after[path]] == [PROFILED]
    assert thumbnail.read_bytes() != dull
    pixels = images.network_input(
        images.load((earlier.source.path / PROFILED).read_bytes(), PROFILED).image, 224, 224
    )
    expected = counting.engine.run(pixels[None]).embeddings[0].astype(np.float16)
    assert after[PROFILED] == expected.tobytes()
    assert steps(earlier)["neighbors"] == "done"


def test_another_run_does_nothing(earlier, counting):
    pipeline.run(earlier)
    pipeline.run(earlier)
    assert counting.images == 1
    assert {state for name, state in steps(earlier).items() if name != "list"} == {"skipped"}


def test_audit_without_profiles_stays_as_it_is(computed, counting):
    before = rows_by_path(computed)
    forget_version(computed)
    pipeline.run(computed)
    assert counting.images == 0
    assert rows_by_path(computed) == before
    assert {state for name, state in steps(computed).items() if name != "list"} == {"skipped"}


def test_cut_off_between_two_steps_it_goes_on(earlier, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "embed_images", cut_off)
        with pytest.raises(KeyboardInterrupt):
            pipeline.run(earlier)
    pipeline.run(earlier)
    assert steps(earlier)["embed"] == "done"
    assert steps(earlier)["neighbors"] == "done"
