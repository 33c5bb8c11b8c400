"""The report as a file: complete in itself, well-formed, harmless, and for whom it may be."""

import re

import pytest

from core.audit import Audit, AuditError
from core.audit.source import Source
from core.export.report import document, report_content, write_report
from core.export.report.document import POLICY, pieces
from core.export.report.markup import paragraph
from core.export.report.pictures import Pictures
from core.export.report.section import Figure, Section, Subject
from core.export.report.sections import SECTIONS
from core.export.unblinding import StillBlind
from tests.core.export.report.making import HOSTILE, Elements, audit_of_rows, judge, parsed
from tests.core.making import Auditor

ADDRESS = re.compile(r"#[a-z-]+|data:image/jpeg;base64,[A-Za-z0-9+/=]+")


@pytest.fixture
def hostile(tmp_path):
    """An audit in which every name would be markup, and reviewed by people with such names."""
    audit, paths = audit_of_rows(tmp_path, HOSTILE, is_hostile=True)
    names = [*HOSTILE]
    verdicts = {path: ("relabel", [names[(at + 1) % 10]]) for at, path in enumerate(paths[:20])}
    verdicts |= {paths[20]: ("ambiguous", names[:5]), paths[21]: "none"}
    judge(audit, paths, verdicts, HOSTILE[0])
    judge(audit, paths, dict.fromkeys(paths[:12], "keep"), HOSTILE[1][:200], "second")
    first = audit.store.queue_ids()[:4]
    audit.store.replace_findings(
        {"kind": kind, "position": at, "group_id": first[0], "item_id": one, "score": 1, "exact": 1}
        for kind in ("conflicts", "leakage", "outliers")
        for at, one in enumerate(first)
    )
    return audit


def page_of(audit):
    return report_content(audit).decode()


def test_hostile_names_are_text_and_nothing_else(hostile):
    page = page_of(hostile)
    parsed(page)
    elements = Elements(page)
    allowed = set(
        "html head meta title style body main header section footer nav h1 h2 h3 p b strong code"
        " ul ol li dl dt dd div span bdi a table caption thead tbody tr th td details summary"
        " figure figcaption img svg g rect line polyline circle text".split()
    )
    assert {name for name, _ in elements.found} <= allowed
    for _, attributes in elements.found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            assert name not in attributes or ADDRESS.fullmatch(attributes[name])
    text = "".join(elements.text)
    for name in HOSTILE[:2]:
        assert name in text
    # Whatever turns the direction of writing, or ends a line, is written out.
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x07\x1b]", page)
    assert "x" * 250 not in page
    assert len(page) < 400_000


def test_every_section_speaks_of_the_hostile_audit(hostile):
    page = page_of(hostile)
    for section in SECTIONS.values():
        assert f'<section id="{section.name}">' in page


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(ranked):
    Auditor(ranked.store).judge("12.jpg", "relabel", ["emu"])
    page = page_of(ranked)
    tree = parsed(page)
    policies = [
        one.get("content") for one in tree.iter("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    ]  # fmt: skip
    assert policies == [POLICY]
    assert POLICY == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script|<link|<base", page)
    assert [one.get("src")[:23] for one in tree.iter("img")]
    assert len(page) < 5_000_000


def test_links_of_the_contents_lead_to_sections(ranked):
    tree = parsed(page_of(ranked))
    ids = [one.get("id") for one in tree.iter("section")]
    assert [one.get("href") for one in tree.iter("a")] == [f"#{one}" for one in ids]
    assert len(set(ids)) == len(ids) > 3


def test_every_chart_has_its_numbers_below(ranked):
    ana = Auditor(ranked.store)
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("00.jpg", "keep")
    tree = parsed(page_of(ranked))
    for section in tree.iter("section"):
        kinds = [one.get("class") for one in section.iter()]
        charts = sum(kind in ("stacked", "bars", "chart") for kind in kinds)
        assert kinds.count("numbers") == charts, section.get("id")
    assert [one.get("class") for one in tree.iter()].count("numbers") >= 4


def test_pictures_beyond_the_limit_are_left_out_and_it_says_so(demo):
    page = "".join(pieces(demo, Pictures(demo, most_bytes=100_000)))
    parsed(page)
    sources = re.findall(r'src="([^"]*)"', page)
    assert 0 < sum(map(len, sources)) <= 100_000
    assert re.search(r"\d+ pictures found no room in it", page)


def test_a_section_needs_nothing_but_its_entry(ranked, monkeypatch):
    """What an estimate of the remaining errors will do: be there as soon as there is one."""
    estimate = {}
    section = Section(
        name="estimate",
        order=15,
        title="Label errors that remain",
        facts=lambda subject: estimate or None,
        body=lambda facts, pictures: paragraph(f"Between {facts['low']} and {facts['high']}."),
        figures=lambda facts: [Figure("Remaining", f"{facts['low']} to {facts['high']}", "95 %")],
    )
    entries = sorted([*SECTIONS.values(), section], key=lambda one: one.order)
    monkeypatch.setattr(document, "SECTIONS", {one.name: one for one in entries})
    assert "estimate" not in page_of(ranked).casefold()
    estimate |= {"low": 12, "high": 40}
    page = page_of(ranked)
    assert page.index('id="result"') < page.index('id="estimate"') < page.index('id="audited"')
    assert "<dd>12 to 40</dd>" in page and "Between 12 and 40." in page


def test_names_and_orders_of_sections_are_in_order():
    assert list(SECTIONS)[:2] == ["result", "audited"]
    assert all(re.fullmatch(r"[a-z-]+", name) for name in SECTIONS)
    orders = [section.order for section in SECTIONS.values()]
    assert orders == sorted(set(orders))


def test_facts_are_read_anew_where_somebody_decides_meanwhile(ranked, monkeypatch):
    ana = Auditor(ranked.store)
    read = Subject.counts.func
    calls = []

    def slow(subject):
        calls.append(subject)
        found = read(subject)
        if len(calls) == 1:
            ana.judge("12.jpg", "relabel", ["emu"])
        return found

    monkeypatch.setattr(Subject.counts, "func", slow)
    assert "1 label error found in 1 reviewed image" in page_of(ranked)
    assert len(calls) == 2


def test_report_is_not_for_those_who_have_to_review_blind(ranked):
    ranked.store.set_second_share(1.0)
    Auditor(ranked.store, "Ana").judge("12.jpg", "relabel", ["emu"])
    for who in ("Ben", ""):
        with pytest.raises(StillBlind):
            report_content(ranked, who)
    assert report_content(ranked, "Ana") and report_content(ranked)
    ranked.store.reveal("Ben", ranked.store.blind_ids("Ben"))
    assert report_content(ranked, "Ben")


def test_file_is_whole_or_as_it_was(ranked, tmp_path, monkeypatch):
    file = tmp_path / "report.html"
    write_report(ranked, file)
    before = file.read_bytes()
    assert parsed(before.decode())

    def broken(facts, pictures):
        raise RuntimeError("cut off")

    last = list(SECTIONS.values())[-1]
    entries = {**SECTIONS, last.name: Section(last.name, 90, "Last", last.facts, broken)}
    monkeypatch.setattr(document, "SECTIONS", entries)
    with pytest.raises(RuntimeError):
        write_report(ranked, file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.html")] == ["report.html"]


def test_audit_that_is_not_ranked_has_no_report(tmp_path):
    audit = Audit.create(tmp_path / "audit", Source("csv", tmp_path / "images"))
    with pytest.raises(AuditError, match="not ranked yet"):
        report_content(audit)
