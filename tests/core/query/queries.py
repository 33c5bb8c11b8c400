"""Queries to draw from, and what they mean in plain Python."""

import re

from hypothesis import strategies as st

from core.query.fields import FIELDS, FLAGS, META
from core.query.tree import (
    And,
    Anything,
    Not,
    Or,
    Query,
    Span,
    Term,
    Text,
    all_of,
    any_of,
    negated,
)
from core.terms import Verdict

COLUMNS = ("path", "label", "site", "year", "note", "my column", 'a"b\\c', "größe:x")

NAMES = ("cat", "dog", "maine coon", "any", "c*t", "a,b", "> 3", 'say "so"', "back\\slash", "Ünal")
BITS = ("a", "A", "c", "%", "_", "\\", "at", "1", ".jpg", "ü", " ", "x/")
TIMES = ("2020", "2026-11", "2026-11-24", "2026-11-24T09", "2999-01-01", "2026-11-24T09:30")


def texts(plain=(*NAMES, *BITS)):
    ends = st.sampled_from(("", *BITS))
    middle = st.lists(st.sampled_from(BITS), max_size=1)
    wild = st.tuples(ends, middle, ends).map(lambda t: Text((t[0], *t[1], t[2])))
    return st.sampled_from(plain).map(Text.of) | wild


def spans(bounds, equal=True):
    pairs = st.tuples(bounds, bounds).map(sorted)
    return (
        st.builds(lambda low, is_open: Span(low=low, low_open=is_open), bounds, st.booleans())
        | st.builds(lambda high, is_open: Span(high=high, high_open=is_open), bounds, st.booleans())
        | pairs.map(lambda pair: Span(*pair))
        | (bounds.map(lambda bound: Span(bound, bound)) if equal else st.nothing())
    )


def numbers(values):
    return spans(st.sampled_from(values) | st.floats(-1e6, 1e6).map(lambda x: x + 0.0))


def terms(names=NAMES, columns=COLUMNS, years=(1990.0, 2000.0), times=TIMES, flags=tuple(FLAGS)):
    any_value = st.just(Anything())
    dates = spans(st.sampled_from([time for time in times if "-" in time]))
    times = spans(st.sampled_from(times))

    def of(fields, values):
        return st.builds(
            Term, st.sampled_from(fields), st.lists(values, min_size=1, max_size=3).map(tuple)
        )

    return (
        of(("given", "suggested", "final"), texts(names) | any_value)
        | of(("path", "note"), texts() | any_value)
        | of(("suspicion",), numbers((0.0, 0.25, 0.5, 1.0)) | any_value)
        | of(("width", "height"), numbers((10.0, 20.0)) | any_value)
        | of(("verdict",), st.sampled_from(list(Verdict)).map(Text.of) | any_value)
        | of(("judged",), times | any_value)
        | of(("is",), st.sampled_from(flags).map(Text.of))
        | of([META + name for name in columns], texts() | any_value | numbers(years) | dates)
    )


def queries(leaves=None):
    def grow(children):
        several = st.lists(children, min_size=2, max_size=3)
        return several.map(all_of) | several.map(any_of) | children.map(negated)

    return st.recursive(terms() if leaves is None else leaves, grow, max_leaves=8)


def lower(text):
    """As SQLite does: only the letters of ASCII."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def fits(text, value, anywhere=False):
    pattern = ".*".join(re.escape(lower(part)) for part in value.parts)
    anywhere = anywhere and len(value.parts) == 1
    return (re.search if anywhere else re.fullmatch)(pattern, lower(text), re.DOTALL) is not None


def names_meant(value, known):
    if len(value.parts) > 1:
        pattern = re.compile(".*".join(map(re.escape, value.parts)), re.IGNORECASE | re.DOTALL)
        return {name for name in known if pattern.fullmatch(name)}
    if value.parts[0] in known:
        return {value.parts[0]}
    return {name for name in known if name.casefold() == value.parts[0].casefold()}


def as_number(text):
    try:
        return float(text)
    except ValueError:
        return None


def within(found, span):
    if isinstance(found, str):  # a time, of which the bounds are beginnings
        low = span.low is None or (
            found[: len(span.low)] > span.low if span.low_open else found >= span.low
        )
        high = span.high is None or (
            found < span.high if span.high_open else found[: len(span.high)] <= span.high
        )
        return low and high
    low = span.low is None or (found > span.low if span.low_open else found >= span.low)
    high = span.high is None or (found < span.high if span.high_open else found <= span.high)
    return low and high


def value_holds(field, value, item, classes):
    if field == "is":
        return value.parts[0] in item["flags"]
    if field == "final":
        labels = item["final"]
        if isinstance(value, Anything):
            return bool(labels)
        return bool(set(labels) & names_meant(value, classes))
    column = field.removeprefix(META) if field.startswith(META) else None
    found = item[field] if column is None else item["fields"].get(column) or None
    if found is None:
        return False
    if isinstance(value, Anything):
        return True
    if isinstance(value, Span):
        if column is not None and not isinstance(value.low or value.high, str):
            bound = value.low if value.low is not None else value.high
            if not isinstance(bound, str):
                number = as_number(found)
                return number is not None and within(number, value)
        return within(found, value)
    if field in ("given", "suggested"):
        return found in names_meant(value, classes)
    if field == "verdict":
        return found == value.parts[0]
    return fits(found, value, anywhere=field in FIELDS and FIELDS[field].kind == "text")


def holds(query: Query, item, classes) -> bool:
    match query:
        case Term():
            return any(value_holds(query.field, value, item, classes) for value in query.values)
        case Not():
            return not holds(query.part, item, classes)
        case And():
            return all(holds(part, item, classes) for part in query.parts)
        case Or():
            return any(holds(part, item, classes) for part in query.parts)
    raise AssertionError(query)
