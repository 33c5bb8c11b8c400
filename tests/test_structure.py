"""What the house's rules forbid, looked for in the source."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
PROGRAM = [*CORE, *PAGES, ROOT / "dashboard.py"]
HEAVY = set("tensorflow keras keras_hub tf2onnx onnx onnxruntime h5py umap faiss sklearn".split())


def breaking(rule, paths):
    """The files, from the repository's root, of which `rule` is not true."""
    return [path.relative_to(ROOT).as_posix() for path in paths if not rule(path)]


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(nodes):
    """The top-level packages that the import statements among `nodes` name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def at_top(nodes):
    """Statements that run when a module is imported."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from at_top(node.orelse)
            continue
        yield node
        yield from at_top(
            child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)
        )


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def test_core_does_not_import_streamlit_or_the_pages():
    def holds(path):
        return not {"streamlit", "pages", "dashboard"} & set(imported(ast.walk(tree(path))))

    assert breaking(holds, CORE) == []


def test_heavy_libraries_are_imported_where_they_are_used():
    def holds(path):
        return not HEAVY & set(imported(at_top(tree(path).body)))

    assert breaking(holds, PROGRAM) == []


def test_pickle_is_not_used():
    def holds(path):
        allowed = [
            isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            for call in calls(path)
            for keyword in call.keywords
            if keyword.arg == "allow_pickle"
        ]
        packages = set(imported(ast.walk(tree(path))))
        return all(allowed) and not {"pickle", "cPickle", "dill", "joblib"} & packages

    assert breaking(holds, PROGRAM) == []


def test_arrays_are_loaded_without_pickle():
    def holds(path):
        return all(
            "allow_pickle" in {keyword.arg for keyword in call.keywords}
            for call in calls(path)
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "np.load"
        )

    assert breaking(holds, PROGRAM) == []


def test_no_text_is_run_as_code():
    def holds(path):
        names = {call.func.id for call in calls(path) if isinstance(call.func, ast.Name)}
        return not {"eval", "exec", "compile"} & names

    assert breaking(holds, PROGRAM) == []


def test_no_html_is_let_through():
    def holds(path):
        return "unsafe_allow_html" not in path.read_text(encoding="utf-8")

    assert breaking(holds, PROGRAM) == []


def test_only_the_store_speaks_sql():
    def holds(path):
        methods = {call.func.attr for call in calls(path) if isinstance(call.func, ast.Attribute)}
        return not {"execute", "executemany", "executescript", "query"} & methods

    store = ROOT / "core" / "store"
    assert breaking(holds, [path for path in PROGRAM if store not in path.parents]) == []


def test_folders_of_tests_are_packages():
    def holds(path):
        return not any(path.glob("*.py")) or (path / "__init__.py").exists()

    folders = sorted(path for path in (ROOT / "tests").rglob("*") if path.is_dir())
    assert breaking(holds, folders) == []
