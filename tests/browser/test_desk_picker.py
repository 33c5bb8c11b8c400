"""Choosing one class of thousands, or several, by typing."""

from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved


def options(page):
    return page.locator("[role=option] span").all_inner_texts()


def test_one_of_five_thousand_classes_and_several_that_fit(page, small):
    address, store = small
    with store.transaction() as db:
        names = [f"kind {n} of bird" for n in range(5000)] + ["emu chick", "Grand émeu", "museum"]
        db.table("classes").insert_all(
            {"name": name, "spelling": name, "is_named": 1} for name in names
        )
    item = sign_in(page, address, path="review?everything=1")
    given = store.items([item])[item]["given"]

    page.keyboard.press("g")
    page.get_by_placeholder("Which class is it?").wait_for()
    assert len(options(page)) == 60
    assert set(options(page)[:2]) == {"emu", "lotus"}
    assert page.locator("[role=option]", has_text=given).first.inner_text().find("given") > 0
    page.keyboard.type("eme")
    assert options(page) == ["Grand émeu"]
    for _ in "eme":
        page.keyboard.press("Backspace")
    page.keyboard.type("emu")
    assert options(page) == ["emu", "emu chick", "Grand émeu"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = wait_for_image(page, other_than=item)

    page.keyboard.press("m")
    page.get_by_placeholder("Which classes fit?").wait_for()
    page.keyboard.press("1")  # the given and the suggested are offered first
    page.keyboard.press("1")
    page.keyboard.type("kind 4321")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type("chick")
    page.keyboard.press("Enter")
    assert page.locator(".chips button").all_inner_texts()[-1] == "emu chick ×"
    page.keyboard.press("Enter")
    wait_for_image(page, other_than=second)
    wait_until_saved(page)
    verdicts = store.current_verdicts()
    assert verdicts[item]["labels"] == ["emu chick"]
    assert (verdicts[second]["verdict"], set(verdicts[second]["labels"])) == (
        "ambiguous", {"emu", "lotus", "emu chick"},
    )  # fmt: skip
