"""All findings of a data set, as rows of the database."""

from core.findings import FINDINGS, find_issues
from core.neighbors import nearest
from tests.core.findings.making import items, scattered, with_copies


def test_rows_name_items_and_groups_by_id_and_stand_in_order():
    contents = [f"content {row}" for row in range(102)]
    contents[7] = contents[3]
    labels = [1 if row in (7, 100) else 0 for row in range(102)]
    splits = dict.fromkeys(range(100), "train") | {100: "test"}
    graph = nearest(with_copies(100, [10, 20]))
    rows = list(find_issues(items(102, labels, contents, splits), graph))
    found = {
        kind: [
            (row["group_id"], row["item_id"], row["exact"]) for row in rows if row["kind"] == kind
        ]
        for kind in ("conflicts", "leakage")
    }
    assert found == {
        "conflicts": [
            ("i3", "i3", True),
            ("i3", "i7", True),
            ("i10", "i10", False),
            ("i10", "i100", False),
        ],
        "leakage": [("i10", "i10", False), ("i10", "i100", False)],
    }
    for kind in FINDINGS:
        positions = [row["position"] for row in rows if row["kind"] == kind]
        assert positions == list(range(len(positions)))


def test_an_item_alone_is_no_finding():
    assert list(find_issues(items(1, labels=[None]), nearest(scattered(1)))) == []
