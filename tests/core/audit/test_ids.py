from core.audit import fingerprint, item_id


def test_item_ids_never_change():
    assert item_id("cat/a.jpg") == "4dccd668eaf1d732"
    assert item_id("猫/é.jpg") == "063a42fb47f6a04c"


def test_item_ids_of_different_paths_differ():
    assert len({item_id(f"{n}.jpg") for n in range(10_000)}) == 10_000


def test_fingerprint_tells_inputs_apart():
    assert fingerprint([1, 2], "a") == fingerprint([1, 2], "a")
    assert len({fingerprint([1, 2]), fingerprint([1], [2]), fingerprint([2, 1])}) == 3
