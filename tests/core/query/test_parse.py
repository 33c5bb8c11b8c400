"""The query language: what is read, what is written, what is refused and how."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.query.fields import FIELDS
from core.query.parse import Query, QueryError, parse, term
from core.query.tree import And, Anything, Not, Or, Span, Term, Text
from tests.core.query.queries import COLUMNS, NAMES, queries


def text(*parts):
    return Text(parts)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", And(())),
        ("   ", And(())),
        ("given:cat", Term("given", (text("cat"),))),
        ("GIVEN:cat", Term("given", (text("cat"),))),
        ("given:cat,dog", Term("given", (text("cat"), text("dog")))),
        ("given:cat, dog", Term("given", (text("cat"), text("dog")))),
        ('given:"maine coon"', Term("given", (text("maine coon"),))),
        ("given:any", Term("given", (Anything(),))),
        ('given:"any"', Term("given", (text("any"),))),
        ("any", Term("path", (text("any"),))),
        ("given:ma*n", Term("given", (text("ma", "n"),))),
        ("given:ma**n", Term("given", (text("ma", "n"),))),
        (r'given:"c\*t*"', Term("given", (text("c*t", ""),))),
        (r'"a\"b\\c\d"', Term("path", (text(r'a"b\c\d'),))),
        ("path:*.png", Term("path", (text("", ".png"),))),
        ("holiday", Term("path", (text("holiday"),))),
        ('"or"', Term("path", (text("or"),))),
        ("suspicion:>0.8", Term("suspicion", (Span(low=0.8, low_open=True),))),
        ("suspicion:> 0.8", Term("suspicion", (Span(low=0.8, low_open=True),))),
        ("suspicion:<=.5", Term("suspicion", (Span(high=0.5),))),
        ("suspicion:0.2..0.5", Term("suspicion", (Span(0.2, 0.5),))),
        ("suspicion:0.2..", Term("suspicion", (Span(0.2),))),
        ("width:100,>=500", Term("width", (Span(100.0, 100.0), Span(500.0)))),
        ("judged:>2026-11-01", Term("judged", (Span("2026-11-01", low_open=True),))),
        ("judged:2026-11", Term("judged", (Span("2026-11", "2026-11"),))),
        ("judged:2026-11-01t09:30", Term("judged", (Span(*["2026-11-01T09:30"] * 2),))),
        ("verdict:none", Term("verdict", (text("none"),))),
        ("verdict:Bad-Image", Term("verdict", (text("bad image"),))),
        ("is:suspect,copy", Term("is", (text("suspect"), text("copy")))),
        ("site:x", Term("meta.site", (text("x"),))),
        ("SITE:x", Term("meta.site", (text("x"),))),
        ("note:x", Term("note", (text("x"),))),
        ("meta.note:x", Term("meta.note", (text("x"),))),
        ('meta."my column":x', Term("meta.my column", (text("x"),))),
        ('"my column":x', Term("meta.my column", (text("x"),))),
        ("year:1990", Term("meta.year", (text("1990"),))),
        ("year:>1990", Term("meta.year", (Span(1990.0, low_open=True),))),
        ('year:">1990"', Term("meta.year", (text(">1990"),))),
        ("year:1990..2000", Term("meta.year", (Span(1990.0, 2000.0),))),
        ("year:a..b", Term("meta.year", (text("a..b"),))),
        ("site:>2024-05", Term("meta.site", (Span("2024-05", low_open=True),))),
    ],
)
def test_term_is_read(query, tree):
    assert parse(query, COLUMNS) == tree


A, B, C = (Term("path", (text(name),)) for name in "abc")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("a b", And((A, B))),
        ("a and b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a b c", And((A, B, C))),
        ("a (b c)", And((A, B, C))),
        ("a or b", Or((A, B))),
        ("a b or c", Or((And((A, B)), C))),
        ("a (b or c)", And((A, Or((B, C))))),
        ("-a", Not(A)),
        ("not a", Not(A)),
        ("not not a", A),
        ("--a", A),
        ("-(a b)", Not(And((A, B)))),
        ("not a b", And((Not(A), B))),
        ("(((a)))", A),
        ("a(b)", And((A, B))),
    ],
)
def test_terms_are_joined(query, tree):
    assert parse(query) == tree


@given(queries())
@settings(max_examples=300, deadline=None)
def test_a_query_round_trips_through_its_text(query):
    assert parse(str(query), COLUMNS) == query


@given(
    st.text(max_size=60) | st.text(alphabet='ab:,-()"<>=.*\\ 19any or not is given', max_size=60)
)
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_query_or_is_refused_in_one_sentence(text):
    try:
        query = parse(text, COLUMNS)
    except QueryError as error:
        assert "\n" not in str(error)
        assert error.position is not None
        assert 0 <= error.position <= len(text)
        assert error.length >= 1
    else:
        assert parse(str(query), COLUMNS) == query


@pytest.mark.parametrize("name", NAMES)
def test_term_from_a_menu_means_just_that_name(name):
    assert parse(term("given", name)) == Term("given", (Text.of(name),))


@pytest.mark.parametrize(
    ("query", "message", "marked"),
    [
        ("giben:x", "There is no field 'giben'. Did you mean 'given'? (column 1)", "giben"),
        ("a sitte:x", "There is no field 'sitte'. Did you mean 'site'? (column 3)", "sitte"),
        ("http://x", "quote it. (column 1)", "http"),
        ("given:", "A value must follow here, as in given:ketch. (column 6)", ":"),
        ("given: cat", "A value must follow here", ":"),
        ("given:cat,", "A value must follow here", ","),
        ("given:>3", "'given' cannot be compared by size; write given:ketch. (column 7)", ">3"),
        ("suspicion:high", "'high' is no number; write it as in suspicion:>0.8.", "high"),
        ("suspicion:>", "'>' is no number", ">"),
        ("suspicion:1e999", "'1e999' is no number", "1e999"),
        ("suspicion:nan", "'nan' is no number", "nan"),
        ("suspicion:..", "'..' is no number", ".."),
        ("suspicion:0.5..0.2", "Nothing lies in 0.5..0.2; the smaller comes first.", "0.5..0.2"),
        ("suspicion>0.8", "A colon stands behind a field: suspicion:>0.8.", "suspicion>0.8"),
        ("suspicion=0.8", "A colon stands behind a field: suspicion:0.8.", "suspicion=0.8"),
        ("judged:>yesterday", "'>yesterday' is no date", ">yesterday"),
        ("judged:2026-13", "'2026-13' is no date", "2026-13"),
        ("judged:2026-02-30", "is no date", "2026-02-30"),
        ("year:>x", "'>x' is no number or date", ">x"),
        ("verdict:kepe", "There is no verdict 'kepe'. Did you mean 'keep'? (column 9)", "kepe"),
        ("is:wolf", "No item is 'wolf'. There are suspect, judged,", "wolf"),
        ('"x', "This quote is not closed. (column 1)", '"x'),
        ("a (b", "This parenthesis is not closed. (column 3)", "("),
        ("(", "This parenthesis is not closed.", "("),
        ("a)", "This parenthesis closes nothing. (column 2)", ")"),
        (")", "This parenthesis closes nothing.", ")"),
        ("a ()", "There is nothing in these parentheses.", "()"),
        ("a or", "Something must follow 'or'. (column 3)", "or"),
        ("or a", "Something must stand before 'or'.", "or"),
        ("a and and b", "Something must stand before 'and'.", "and"),
        ("not", "Something must follow 'not'.", "not"),
        ("a - b", "A minus must stand right before the term that it negates. (column 3)", "-"),
        ('given:""', "There is nothing between these quotes.", '""'),
        (":", "A field stands before a colon", ":"),
        (",a", "A comma stands between values", ","),
        ("a\0", "This character cannot be searched for. (column 2)", "\0"),
        ("a\ud800", "This character cannot be searched for.", "\ud800"),
        ("(" * 50 + "a" + ")" * 50, "Parentheses are nested too deep.", "("),
        ("a " * 300, "A query has 200 terms at most.", "a"),
        ("a" * 5000, "A query has 4,000 characters at most.", "a" * 1000),
    ],
)
def test_mistake_is_explained_and_marked(query, message, marked):
    with pytest.raises(QueryError) as caught:
        parse(query, COLUMNS)
    assert message in str(caught.value)
    start = caught.value.position
    assert query[start : start + caught.value.length] == marked


def test_query_knows_its_fields():
    query = parse("given:cat (-verdict:any or site:x)", COLUMNS)
    assert query.mentions("verdict")
    assert query.mentions("meta.site")
    assert not query.mentions("final")
    assert not Query.ALL.mentions("given")


@pytest.mark.parametrize("field", FIELDS.values(), ids=list(FIELDS))
def test_example_of_each_field_is_a_query_of_it(field):
    assert parse(field.example).mentions(field.name)


def test_flag_in_an_earlier_spelling_is_understood():
    assert parse("is:unlabelled") == parse("is:unlabeled")
