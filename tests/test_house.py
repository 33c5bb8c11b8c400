"""The rules of the house: rooms import one way, names are told apart, a fact is told once."""

import ast
import re
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

from core.findings import FINDINGS
from core.terms import VERDICTS, Role, Rule, Stream, Verdict

ROOT = Path(__file__).parents[1]

ROOMS = """
terms versions registry text arrays people
neighbors detectors findings query
store audit jobs ingest embedding search
structure ranking fine_tuning review bakeoff charts export gate
pipeline tuning moving lifecycle uploads demo notebook commands __main__
""".split()
"""Of `core`: each imports only those before it. Numbers first, then records, then people."""


def modules():
    """Every module of the program: its dotted name and its file."""
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    for path in sorted(files):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imported(path):
    """The modules of the program that a file names in imports, those for types included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room(name):
    parts = name.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 else None


def test_every_room_has_its_place():
    rooms = {room(name) for name in MODULES} - {None}
    assert rooms <= set(ROOMS), rooms - set(ROOMS)


def test_a_room_imports_only_rooms_before_it():
    wrong = [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in imported(path)
        if room(name) and room(other) and ROOMS.index(room(other)) > ROOMS.index(room(name))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        name: {other for other in imported(path) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }
    # A package is its own __init__, which may gather what lies in it.
    for name in graph:
        graph[name] = {other for other in graph[name] if not name.startswith(f"{other}.")}
    TopologicalSorter(graph).prepare()


def test_no_two_modules_share_a_name():
    """Pages are called like the rooms that they show; everything else has a name of its own."""
    names = Counter(
        path.name
        for path in MODULES.values()
        if path.parent != ROOT / "pages" and path.name not in ("__init__.py", "__main__.py")
    )
    assert not {name for name, count in names.items() if count > 1}


# -- literals ------------------------------------------------------------------------------------

WORDS = {*Verdict, *Role, *Rule, *Stream, *FINDINGS}
REGISTRIES = [
    ROOT / "core" / "terms.py",
    *(ROOT / "core" / "findings").glob("*.py"),
    *(ROOT / "core" / "store").glob("shipped_*.py"),
    ROOT / "core" / "store" / "migrations.py",
]
"""Where these words are told, and what has shipped and is never edited."""

OTHER_MEANINGS = {
    "core/jobs/__init__.py": {"none"},  # there was never a job
    "pages/parts/app/job.py": {"none"},
    "core/review/queues/queue.py": {"unsure", "second"},  # parameters of an address
    "core/review/agreement/summary.py": {"unsure"},  # a column of the command line's table
    "core/export/report/document.py": {"none"},  # of a policy: nothing may be loaded
    "core/export/report/drawing.py": {"none"},  # of a drawing that is stretched
    "pages/parts/overview/notes.py": {"review"},  # a noun to be counted
}
"""Where such a word is something else."""


def texts(path):
    """The texts of a file's code, docstrings and names of keyword arguments left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.value


def test_no_verdict_role_rule_stream_or_finding_is_written_outside_its_registry():
    wrong = []
    for path in MODULES.values():
        name = path.relative_to(ROOT).as_posix()
        if path in REGISTRIES:
            continue
        for text in texts(path):
            in_sql = re.findall(r"'([a-z ]+)'", text)
            for word in {text, *in_sql} & WORDS - OTHER_MEANINGS.get(name, set()):
                wrong.append(f"{name}: {word!r}")
    assert not wrong, "\n".join(wrong)


def test_browser_parts_name_no_verdict_role_rule_stream_or_finding():
    actions = {one.name for term in VERDICTS.values() for one in term.actions}
    wrong = []
    for path in (ROOT / "pages").rglob("*.*"):
        if path.suffix in (".js", ".html", ".css"):
            named = re.findall(r"""["'`]([a-z ]+)["'`]""", path.read_text(encoding="utf-8"))
            wrong += [f"{path.name}: {word!r}" for word in set(named) & (WORDS | actions)]
    assert not wrong, "\n".join(wrong)
