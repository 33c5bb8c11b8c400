import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from core import jobs
from core.audit import Audit, AuditError
from core.demo import demo_source
from core.ingest.readers import source_of
from core.jobs import JobRefused
from core.pipeline import STEPS, compute
from core.store import StoreUnavailable
from tests.core.conftest import ROOT


@pytest.fixture
def audit(picture_folder, tmp_path):
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    yield audit
    if audit.store.is_in_place and jobs.watch(audit).is_active:
        wait_until(lambda: not jobs.watch(audit).is_active)
    audit.store.close()


def wait_until(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def wait_for(audit, *states):
    wait_until(lambda: jobs.watch(audit).state in states)
    return jobs.watch(audit)


@pytest.fixture
def holder(audit):
    """Another process that holds the run lock, as a running job does."""
    code = (
        "import sys; from pathlib import Path; from core.audit import Audit;"
        " from core.jobs import run_lock; audit = Audit(Path(sys.argv[1]));\n"
        "with run_lock(audit):\n"
        "    audit.store.start_run(4711, ['list']); print('held', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, audit.folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()


def test_audit_that_was_never_computed_has_no_job(audit):
    assert jobs.watch(audit).state == "none"


def test_job_runs_in_a_process_of_its_own_and_is_killed_and_started_again(audit):
    """One test of the whole life of a job, since each start takes seconds."""
    jobs.start(audit)
    assert jobs.watch(audit).is_active

    with pytest.raises(JobRefused):
        jobs.start(audit)

    wait_for(audit, "running")
    pid = audit.store.latest_run()["pid"]
    assert pid != os.getpid()
    os.kill(pid, signal.SIGKILL)
    assert wait_for(audit, "interrupted").steps

    jobs.start(audit)
    state = wait_for(audit, "done", "failed", "interrupted")
    assert (state.state, state.message) == ("done", None)
    assert [step["state"] for step in state.steps] == ["done"] * len(STEPS)
    assert len(audit.store.ranking()) == 18


def test_start_is_refused_in_one_sentence_while_another_process_computes(audit, holder):
    with pytest.raises(JobRefused) as refusal:
        jobs.start(audit)
    assert "audit is being computed already (process 4711" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_command_line_is_refused_while_another_process_computes(audit, holder, command):
    outcome = command("audit", audit.source.path, "--into", audit.folder)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert "is being computed already" in outcome.err


def test_another_process_is_reported_as_running(audit, holder):
    assert jobs.watch(audit).state == "running"


def test_job_is_stopped_and_what_it_recorded_stays(audit, holder):
    with audit.store.transaction() as db:
        db.table("runs").update(audit.store.latest_run()["id"], {"pid": holder.pid})
    jobs.stop(audit)
    assert holder.wait(timeout=20) != 0
    assert jobs.watch(audit).state == "interrupted"
    assert [step["name"] for step in jobs.watch(audit).steps] == ["list"]


def test_stop_ends_no_process_that_took_the_number_of_one_that_is_over(audit):
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    audit.store.start_run(bystander.pid, ["list"])
    jobs.stop(audit)
    audit.store.finish_run(audit.store.latest_run()["id"], "done")
    jobs.stop(audit)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_job_that_has_just_begun_is_stopped(audit):
    jobs.start(audit)
    jobs.stop(audit)
    wait_until(lambda: not jobs.watch(audit).is_active)
    jobs.stop(audit)


def test_a_killed_process_is_reported_as_interrupted(audit, holder):
    holder.kill()
    holder.wait()
    assert jobs.watch(audit).state == "interrupted"


def test_a_run_of_another_command_is_not_the_state_of_the_pipeline(audit):
    run = audit.store.start_run(4711, ["list"])
    audit.store.finish_run(run, "done")
    other = audit.store.start_run(4711, ["bakeoff"], "bakeoff")
    audit.store.finish_run(other, "failed", "no")
    assert jobs.watch(audit).state == "done"
    assert jobs.watch(audit, "bakeoff").message == "no"
    assert jobs.watch(audit, "export").state == "none"


def test_run_that_another_command_has_followed_is_over(audit, holder):
    audit.store.start_run(4711, ["bakeoff"], "bakeoff")
    assert jobs.watch(audit).state == "interrupted"
    assert jobs.watch(audit, "bakeoff").state == "running"


def test_start_is_refused_while_another_command_runs(audit, holder):
    audit.store.start_run(4711, ["bakeoff"], "bakeoff")
    with pytest.raises(JobRefused):
        jobs.start(audit)


def test_any_command_can_be_a_job(audit):
    jobs.start(audit, "bakeoff", str(audit.folder))
    assert jobs.watch(audit).state == "none"
    with pytest.raises(JobRefused):
        jobs.start(audit)
    wait_until(lambda: jobs.watch(audit, "bakeoff").state == "failed")
    assert "is not ranked yet" in jobs.watch(audit, "bakeoff").message


def test_lock_is_free_again_after_a_failure(audit):
    with pytest.raises(ZeroDivisionError), jobs.run_lock(audit):
        _ = 1 / 0
    with jobs.run_lock(audit):
        pass


def test_source_that_is_gone_shows_as_failed_with_the_reason(audit):
    shutil.move(audit.source.path, audit.source.path.with_name("elsewhere"))
    jobs.start(audit)
    state = wait_for(audit, "failed", "done", "interrupted")
    assert state.state == "failed"
    assert state.message.startswith("There is no folder")


def test_a_child_that_ends_before_its_first_record_has_failed_with_its_last_line(audit):
    other = demo_source()
    jobs.start(audit, "audit", str(other.path), "--into", str(audit.folder))
    state = wait_for(audit, "failed", "done", "interrupted")
    assert "is the audit of another source" in state.message


def test_run_of_the_command_line_after_a_job_of_ours_is_what_is_shown(audit):
    shutil.move(audit.source.path, audit.source.path.with_name("elsewhere"))
    jobs.start(audit)
    wait_for(audit, "failed")
    run = audit.store.start_run(4711, ["list"])
    audit.store.finish_run(run, "done")
    assert jobs.watch(audit).state == "done"


def test_no_job_makes_a_folder_that_is_gone(audit):
    shutil.rmtree(audit.folder)
    for act in (jobs.start, jobs.watch, jobs._is_locked):
        with pytest.raises(StoreUnavailable, match="was deleted, moved or replaced"):
            act(audit)
    with pytest.raises(StoreUnavailable), jobs.run_lock(audit):
        pass
    assert not audit.folder.exists()


def test_a_job_of_one_audit_computes_no_other_in_its_place(audit, picture_folder):
    Audit.create(audit.folder.with_name("other"), source_of(picture_folder)).store.close()
    with pytest.raises(AuditError, match="Another audit lies in"):
        compute(source_of(picture_folder), audit.folder.with_name("other"), resumed=audit.id)


def test_a_job_whose_folder_goes_as_it_starts_ends_with_a_sentence(audit):
    command = [sys.executable, "-m", "core", *jobs.pipeline_arguments(audit)]
    shutil.rmtree(audit.folder)
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == f"Error: There is no audit in {audit.folder}.\n"
    assert not audit.folder.exists()
