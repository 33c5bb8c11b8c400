"""Names of classes are appended to whatever YAML lists them, and other parsers agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.export.yolo_text import YoloNames, yaml_text
from core.ingest.yolo_names import names_in

LETTERS = "aZ9é木😀 |/\\\"'#:,-[]{}&*!%@`?~\n\t\x85\u2028"
names = st.text(st.sampled_from(LETTERS), min_size=1, max_size=8)
classes = st.lists(
    names.filter(lambda name: name == name.strip()), min_size=1, max_size=4, unique=True
)


def block(present):
    return "names:\n" + "".join(f"  - {yaml_text(one)} # {n}\n" for n, one in enumerate(present))


def numbers(present):
    return "names:\n\n" + "".join(f" {n}: {yaml_text(one)}\n" for n, one in enumerate(present))


def flow(present):
    return f"names: [{', '.join(map(yaml_text, present))}] # these\n"


def lines(present):
    inside = ",\n  ".join(map(yaml_text, present))
    return f"names: [\n  {inside},\n]\n"


def mapping(present):
    inside = ", ".join(f"{n}: {yaml_text(one)}" for n, one in enumerate(present))
    return f"names: {{{inside}}}"


@pytest.mark.parametrize("form", [block, numbers, flow, lines, mapping])
@settings(max_examples=50, deadline=None)
@given(present=classes, new=classes, end=st.sampled_from(["\n", "\r\n"]))
def test_names_are_appended_as_they_are_listed(tmp_path_factory, form, present, new, end):
    yaml = pytest.importorskip("yaml")
    text = f"train: x\nnc: {len(present)}\n{form(present)}"
    path = tmp_path_factory.getbasetemp() / "data.yaml"
    path.write_bytes(text.replace("\n", end).encode())
    known = names_in(text)
    assert [*known.values()] == present
    found = YoloNames(path, known)
    found.add(new)
    expected = [*present, *(one for one in new if one not in present)]
    written = found.content().decode()
    assert [*names_in(written).values()] == expected
    loaded = yaml.safe_load(written)
    listed = loaded["names"]
    assert [*(listed.values() if isinstance(listed, dict) else listed)] == expected
    assert (loaded["nc"], loaded["train"]) == (len(expected), "x")
