"""Commands that compute, and what there is to compute with."""

import json
from importlib.metadata import version

from core.audit import Audit
from tests.core.making import write_texts


def test_audit_takes_ready_made_embeddings_and_remembers_them(command, tmp_path):
    texts = write_texts(tmp_path)
    source = texts.source
    texts.store.close()
    line = ["audit", source.path, "--labels", source.labels, "--into", texts.folder]
    outcome = command(*line, "--embeddings", tmp_path / "vectors.npz")
    assert outcome.status == 0, outcome.err
    assert command(*line).status == 0
    facts = json.loads(command("status", texts.folder, "--format", "json").out)
    assert facts["embeddings"] == "ready-made embeddings from vectors.npz"
    assert facts["steps"]["embed"] == "skipped"
    (first,) = json.loads(command("rank", texts.folder, "--top", "1", "--format", "json").out)
    assert first["path"] == "04.txt"


def test_audit_of_an_export_says_where_its_labels_come_from(command, tmp_path):
    texts = write_texts(tmp_path)
    source = texts.source
    texts.store.close()
    vectors = ["--embeddings", tmp_path / "vectors.npz"]
    line = ["audit", source.path, "--labels", source.labels, "--into", texts.folder]
    assert command(*line, *vectors).status == 0
    assert command("export", texts.folder, "--to", tmp_path / "round 1.csv").status == 0
    line = ["audit", source.path, "--labels", tmp_path / "round 1.csv"]
    outcome = command(*line, "--into", tmp_path / "second", *vectors)
    assert (outcome.status, outcome.err.count("labels are taken from final_label.")) == (0, 1)
    outcome = command(*line, "--into", tmp_path / "second", "--label-column", "text")
    assert (outcome.status, "labels are taken" in outcome.err) == (0, False)
    assert "40 images in 40 classes" in outcome.err
    outcome = command(*line, "--into", tmp_path / "second")
    assert "40 images in 40 classes" in outcome.err


def test_links_out_of_the_source_are_named_until_their_root_is_given(command, tmp_path):
    texts = write_texts(tmp_path)
    source = texts.source
    texts.store.close()
    (tmp_path / "store").mkdir()
    (source.path / "03.txt").rename(tmp_path / "store" / "ab12")
    (source.path / "03.txt").symlink_to("../store/ab12")
    line = ["audit", source.path, "--labels", source.labels, "--into", texts.folder]
    line += ["--embeddings", tmp_path / "vectors.npz"]
    note = "1 image leads out of the source folder and could not be read, such as 03.txt, to"
    assert command(*line).err.count(note) == 1
    audit = Audit(texts.folder)
    assert audit.store.known_files()[3]["content_hash"] is None
    assert command(*line, "--root", tmp_path / "store").err.count(note) == 0
    assert audit.store.known_files()[3]["content_hash"] is not None
    assert audit.source.roots == (tmp_path / "store",)
    audit.store.close()


def test_embeddings_that_do_not_fit_are_told_in_one_line(command, tmp_path):
    texts = write_texts(tmp_path)
    source = texts.source
    texts.store.close()
    (tmp_path / "few.npz").write_bytes(b"no array")
    outcome = command(
        "audit", source.path, "--labels", source.labels, "--into", texts.folder,
        "--embeddings", tmp_path / "few.npz",
    )  # fmt: skip
    assert outcome.status == 2
    assert "few.npz" in outcome.err.splitlines()[-1]


def test_backbones_are_listed(command, tmp_path, monkeypatch):
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path))
    known = {"keras": version("keras"), "backbones": {"resnet50": [2048, 224, 224]}}
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "backbones.json").write_text(json.dumps(known))
    rows = json.loads(command("backbones", "--format", "json").out)
    assert [(row["name"], row["dimension"]) for row in rows] == [
        ("efficientnet_lite0", 1280), ("efficientnet_lite2", 1280), ("resnet50", 2048)
    ]  # fmt: skip
    assert rows[0] == {
        "name": "efficientnet_lite0", "dimension": 1280, "input": "224 x 224", "weights": "bundled"
    }  # fmt: skip


def test_layers_of_a_network_are_listed_and_those_marked_that_are_taken(command):
    rows = json.loads(
        command("backbones", "--layers", "efficientnet_lite2", "--format", "json").out
    )
    assert [row["name"] for row in rows if row["taken"]] == ["block14", "block19", "block20"]
    assert rows[-1] == {"name": "block20", "map": "9 x 9", "channels": 352, "taken": "yes"}


def test_layers_of_an_unknown_network_are_an_error(command):
    outcome = command("backbones", "--layers", "no-such-network")
    assert outcome.status == 2
    assert "no backbone called 'no-such-network'" in outcome.err
