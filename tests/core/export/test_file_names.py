from hypothesis import given
from hypothesis import strategies as st

from core.export.file_names import LONGEST, UniqueNames, name_key, safe_name

texts = st.text(st.characters(), min_size=1, max_size=300)


@given(texts)
def test_safe_name_can_be_that_of_a_file_anywhere(name):
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set('<>:"/\\|?*\0\n\r\t')
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))
    assert len(safe.encode()) <= LONGEST
    assert safe_name(safe).count("%25") <= safe.count("%")


@given(st.lists(st.text(st.sampled_from("aA.é\u0301~2e"), min_size=1, max_size=4), max_size=30))
def test_names_are_given_out_once(wanted):
    names = UniqueNames(["a"])
    keys = [name_key(names.take("folder", name)) for name in wanted]
    assert len(set(keys)) == len(keys)
    assert "a" not in keys


def test_many_of_one_name_take_no_longer_each():
    names = UniqueNames()
    found = [names.take("cat", "image.jpg") for _ in range(20_000)]
    assert found[-1] == "image~20000.jpg"
    assert names.take("dog", "image.jpg") == "image.jpg"
