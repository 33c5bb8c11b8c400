"""An audit to give commands to, and verdicts given by command."""

import pytest

from core.audit import item_id

SUSPECT = "12.jpg"
"""The emu that is labeled lotus."""


@pytest.fixture
def folder(ranked):
    return ranked.folder


@pytest.fixture
def decide(command, folder):
    """Run ``verdict`` as Ana on an item by path."""

    def run(path, verdict, *labels, auditor="Ana"):
        options = [part for label in labels for part in ("--label", label)]
        outcome = command("verdict", folder, item_id(path), verdict, *options, "--auditor", auditor)
        return outcome

    return run
