"""How long an audit takes is said from what was measured on this machine, or not at all."""

import pytest

from core.audit import Audit
from core.embedding.expected_time import MeasuredPace, measured_pace
from core.ingest.readers import source_of

LITE, OTHER = "efficientnet_lite0", "convnext_tiny"


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "source").mkdir()
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source"))
    yield audit
    audit.store.close()


def ran(audit, rate, done=1000, other=4.0, state="done"):
    run = audit.store.start_run(1, ["embed", "map"])
    audit.store.update_step(run, "embed", state=state, rate=rate, done=done, seconds=9.0)
    audit.store.update_step(run, "map", state="done", seconds=other)


def test_pace_is_that_of_the_latest_run_that_embedded(audit):
    assert measured_pace([audit], LITE) is None
    ran(audit, 50.0)
    ran(audit, 100.0)
    ran(audit, None, done=0, state="skipped")
    pace = measured_pace([audit], LITE)
    assert pace == MeasuredPace(100.0, 0.004, "audit")
    assert pace.seconds(10_000) == pytest.approx(10_000 * (0.01 + 0.004))


def test_largest_audit_counts(audit, tmp_path):
    larger = Audit.create(tmp_path / "larger", audit.source)
    ran(larger, 20.0, done=5000)
    ran(audit, 100.0)
    for audits in ([audit, larger], [larger, audit]):
        assert measured_pace(audits, LITE).audit == "larger"
    larger.store.close()


def test_few_images_and_other_networks_say_nothing(audit):
    ran(audit, 100.0, done=18)
    assert measured_pace([audit], LITE) is None
    ran(audit, 100.0)
    assert measured_pace([audit], OTHER) is None
    audit.store.set_settings({"embedding": {"backbone": OTHER}})
    assert measured_pace([audit], LITE) is None
    assert measured_pace([audit], OTHER) is not None


@pytest.mark.parametrize(
    ("images", "time"),
    [(10, "10 seconds"), (2_000, "30 seconds"), (5_000, "1 minute"), (60_000, "14 minutes"),
     (1_000_000, "4 hours")],
)  # fmt: skip
def test_time_is_said_as_exactly_as_it_is_known(images, time):
    assert MeasuredPace(100.0, 0.004, "demo").sentence(images).startswith(f"About {time}, by the")
