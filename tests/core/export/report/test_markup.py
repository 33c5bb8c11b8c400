"""What comes from data is data: escaped, on one line, and well-formed whatever it is."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export.report.markup import Html, escaped, joined, name, percent, share, table, tag
from tests.core.export.report.making import HOSTILE, Elements


@given(st.text())
def test_text_comes_out_as_it_went_in_whatever_it_is(text):
    tree = ElementTree.fromstring(tag("p", text, title=text))
    kept = "".join(sign if _can_be_written(sign) else "\ufffd" for sign in text)
    # Line ends in XML are one.
    assert (tree.text or "") == kept.replace("\r\n", "\n").replace("\r", "\n")
    assert not list(tree)


def _can_be_written(sign):
    is_half = "\ud800" <= sign <= "\udfff"
    return sign in "\t\n\r" or (sign >= " " and not is_half and sign not in "\ufffe\uffff")


@pytest.mark.parametrize("text", HOSTILE)
def test_name_is_one_short_line_of_text(text):
    elements = Elements(name(text, "given"))
    ((element, attributes),) = elements.found
    assert element == "bdi" and attributes["class"] == "given"
    shown = "".join(elements.text)
    assert len(shown) <= 72
    assert not set(shown) & set("\n\r\t\x07\x1b\u202e\u2066")


def test_names_that_differ_at_the_end_only_are_told_apart():
    assert name("x" * 4000 + "a") != name("x" * 4000 + "b")


def test_markup_is_not_escaped_again_and_what_is_joined_to_it_is_text():
    bold = tag("b", "<")
    assert tag("p", bold, " & ", None, 1234, [bold]) == (
        "<p><b>&lt;</b> &amp; 1,234<b>&lt;</b></p>"
    )
    assert not isinstance(bold + "<i>", Html)
    assert joined(bold + "<i>") == "&lt;b&gt;&amp;lt;&lt;/b&gt;&lt;i&gt;"
    assert escaped(escaped("<")) == "&lt;"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("href", "https://evil.example"),
        ("href", "javascript:alert(1)"),
        ("src", "//evil.example/x.png"),
        ("src", "data:text/html;base64,AAAA"),
        ("src", "data:image/svg+xml;base64,AAAA"),
        ("href", "#here\nthere"),
        ("onload", "alert(1)"),
        ("a b", "c"),
    ],
)
def test_no_attribute_leads_out_of_the_page_or_runs(attribute, value):
    with pytest.raises(ValueError):
        tag("a", "text", **{attribute: value})


def test_table_puts_numbers_to_the_right():
    made = table(["Class", "Images", "Share", "Rest"], [["<a>", 1200, share(1, 3), "10 % to 20 %"]])
    cells = [
        attributes.get("class") for element, attributes in Elements(made).found if element == "td"
    ]
    assert cells == ["number", "number", None]
    assert "1,200" in made and "&lt;a&gt;" in made


def test_what_is_not_all_is_never_a_hundred_percent():
    assert share(9_999, 10_000) == percent(0.99)
    assert share(10_000, 10_000) == percent(1)
    assert share(1, 10_000).startswith("under")
    assert share(0, 0) == "–"
