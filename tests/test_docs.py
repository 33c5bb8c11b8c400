"""The README says what is there."""

from pathlib import Path

import pytest

from core.__main__ import cli
from core.terms import Verdict

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_and_option_is_documented(name):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name} "))
    for parameter in cli.commands[name].params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            assert parameter.opts[0] in row


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_documented(verdict):
    assert verdict.value.replace(" ", "-") in README


def test_pictures_and_links_lead_to_files():
    import re

    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_the_code_map_names_what_exists():
    lines = README.split("dashboard.py            ")[1].split("```")[0].splitlines()
    for line in lines:
        if line.startswith("  ") and line.strip():
            assert (ROOT / "core" / line.split()[0]).exists(), line


def test_top_level_holds_nothing_else():
    allowed = {
        "requirements.txt", "dashboard.py", "pages", "core", "tests", "data", "README.md",
        "pyproject.toml", ".streamlit", ".ci", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
        ".gitignore",
    }  # fmt: skip
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not tracked:
        pytest.skip("not a git checkout")
    assert {path.split("/")[0].strip('"') for path in tracked} <= allowed
