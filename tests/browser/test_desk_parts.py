"""Parts of the desk by themselves, in a browser without a server."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pages.parts.desk.desk_part import PARTS
from pages.parts.shared.scripts import script


@pytest.fixture(scope="module")
def parts(chromium):
    """A blank page that knows every part of the desk but the last, which needs the whole."""
    page = chromium().new_page()
    page.add_script_tag(content=script(PARTS[:-1]))
    yield page
    page.close()


def press(key, **more):
    return json.dumps({"key": key, "shiftKey": False, "code": "", **more})


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (press("k"), "k"),
        (press("K"), "k"),  # caps lock
        (press("K", shiftKey=True), "Shift+k"),
        (press("л", code="KeyK"), "k"),
        (press("?", shiftKey=True), "?"),
        (press("/", shiftKey=True, code="Digit7"), "/"),
        (press("ArrowLeft"), "ArrowLeft"),
    ],
)
def test_a_key_has_one_name_on_every_keyboard(parts, event, name):
    assert parts.evaluate(f"keyOf({event})") == name


@pytest.mark.parametrize("key", ["c", "Shift+c", "r", "1", "0", "Tab", "Enter", "Escape", "F5"])
def test_keys_that_are_others_are_refused_with_a_reason(parts, key):
    assert parts.evaluate("key => refusal(key)", key)
    told = parts.evaluate("key => createKeys().set('keep', 0, key)", key)
    assert told == parts.evaluate("key => refusal(key)", key)


keys = st.sampled_from(["k", "f", " ", "z", "c", "5", "Tab", "Shift+z", "ß", "?", "ArrowRight"])
saved = st.dictionaries(
    st.sampled_from(["keep", "accept", "undo", "none", "no such action"]),
    st.lists(keys | st.none() | st.integers(), max_size=4) | st.none() | st.text(max_size=2),
)
changes = st.lists(st.tuples(st.sampled_from(["keep", "undo", "redo"]), keys), max_size=6)


@given(saved, changes)
@example({"undo": ["k"]}, [("keep", "z")])
@example({"undo": [" "]}, [])
@settings(max_examples=60, deadline=None)
def test_whatever_is_saved_and_changed_every_action_keeps_a_key_of_its_own(parts, saved, changes):
    found = parts.evaluate(
        """([saved, changes]) => {
          const keys = createKeys()
          keys.load(saved)
          for (const [action, key] of changes) keys.set(action, 0, key)
          const again = createKeys()
          again.load(structuredClone(keys.saved))
          const refused = Object.values(keys.saved).flat().filter(refusal)
          return { keys: keys.saved, again: again.saved, usual: DEFAULT_KEYS, refused }
        }""",
        [saved, changes],
    )
    every = [key for own in found["keys"].values() for key in own]
    assert len(every) == len(set(every))
    assert found["refused"] == []
    assert found["again"] == found["keys"]
    assert found["keys"].keys() == found["usual"].keys()
    for action, own in found["keys"].items():
        assert 1 <= len(own) <= len(found["usual"][action])


@pytest.mark.parametrize(
    ("name", "typed", "fit"),
    [
        ("grand piano", "grand", 0), ("grand piano", "pia", 1), ("cougar_face", "face", 1),
        ("grand piano", "ran", 2), ("grand piano", "gpo", 3), ("grand piano", "x", -1),
        ("piano", "pianos", -1), ("a+b", "+b", 2),
    ],
)  # fmt: skip
def test_classes_fit_what_is_typed_by_beginning_word_part_or_letters(parts, name, typed, fit):
    assert parts.evaluate("([name, typed]) => fit(name, typed)", [name, typed]) == fit


def test_keys_saved_under_an_earlier_name_are_kept(parts):
    keys = parts.evaluate(
        "() => { const keys = createKeys(); keys.load({ neighbours: ['j'] }); return keys.saved }"
    )
    assert keys["neighbors"] == ["j"]
    assert "neighbours" not in keys


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [(1, "image", "1 image"), (0, "image", "0 images"), (2, "verdict", "2 verdicts")],
)
def test_only_one_is_singular(parts, count, noun, text):
    assert parts.evaluate("([count, noun]) => counted(count, noun)", [count, noun]) == text


def test_a_connection_that_only_seems_to_be_one_is_given_up_by_one_reload(visitor):
    page = visitor()
    page.route("http://desk.test/**", lambda route: route.fulfill(body="<p>here</p>"))
    page.goto("http://desk.test/")
    code = script(PARTS[:-1])
    wait = """seconds => {
      window.now ??= Date.now
      Date.now = window.now
      const contact = createContact(document.body, () => sessionStorage.setItem('left', 'yes'))
      contact.sent(1)
      Date.now = () => window.now() + 1000 * seconds
      let asked = 0
      const count = () => { asked += 1 }
      window.addEventListener(TERMS.page_again, count)
      contact.check()
      window.removeEventListener(TERMS.page_again, count)
      return asked
    }"""
    page.add_script_tag(content=code)
    assert page.evaluate(wait, 3) == 0
    assert page.evaluate(wait, 10) == 1, "the whole page is asked for first"
    assert page.evaluate("sessionStorage.getItem('left')") is None
    with page.expect_event("domcontentloaded"):
        page.evaluate(wait, 60)
    assert page.evaluate("sessionStorage.getItem('left')") == "yes"
    page.add_script_tag(content=code)
    page.evaluate("window.stayed = true")
    page.evaluate(wait, 60)
    page.wait_for_timeout(200)
    assert page.evaluate("window.stayed"), "it was loaded again and again"


def test_part_lasts_while_it_is_on_the_page(parts):
    """Streamlit ends a call that newer data have overtaken, though the part is still there."""
    told = parts.evaluate("""() => {
      const told = []
      const create = () => {
        told.push('created')
        return { update: ({ data }) => told.push(data), close: () => told.push('closed') }
      }
      const show = lasting(create)
      const host = document.body.appendChild(document.createElement('div'))
      const parentElement = host.attachShadow({ mode: 'open' })
      const overtaken = show({ parentElement, data: 1 })
      overtaken()
      const last = show({ parentElement, data: 2 })
      host.remove()
      last()
      last()
      document.body.append(host)
      show({ parentElement, data: 3 })
      host.remove()
      return told
    }""")
    assert told == ["created", 1, 2, "closed", "created", 3]
