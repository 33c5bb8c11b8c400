"""Where nothing was decided, the input's own format comes back as it was, byte for byte."""

import gzip
import zipfile

import pyarrow.parquet as pq
import pytest

from core.export.exporting import export
from core.export.filing import OURS
from core.export.writers import WRITERS
from tests.core.export.faulty_sets import DATA_SETS
from tests.core.export.round_trips import Round


def unwrapped(path):
    """Files by relative path: of a folder, of a zip, of a packed file; of Parquet its table."""
    if path.is_dir():
        return {
            str(one.relative_to(path)): unwrapped(one) for one in path.rglob("*") if one.is_file()
        }
    if path.suffix in (".zip", ".npz"):
        with zipfile.ZipFile(path) as archive:
            return [(one.filename, archive.read(one)) for one in archive.infolist()]
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        return file.schema_arrow, file.num_row_groups, file.read().to_pylist()
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def own_writers(audit):
    return [one for one in WRITERS.values() if one.own_of and not one.why_not(audit)]


def lies_in(found, before):
    """Whether every file of an export is one of the input's, under its name or, where ours, not."""
    others = [data for name, data in before.items() if name in OURS]
    return all(
        data == before[name] if name in before else data in others
        for name, data in found.items()
        if name not in OURS
    )


@pytest.mark.parametrize("name", DATA_SETS)
def test_input_comes_back_as_it_was(name, tmp_path):
    made = DATA_SETS[name](tmp_path)
    audit = Round.begin(made, tmp_path / "audit", seed=0).audit
    inside, labels = audit.contents, audit.contents.labels
    for writer in own_writers(audit):
        if writer.suffix == ".sh":
            continue
        path = tmp_path / f"out {writer.name}{writer.suffix_of(audit) or made.path.suffix}"
        export(audit, writer, path)
        found = unwrapped(path)
        if path.is_dir():
            folder = audit.source.path if audit.source.path.is_dir() else inside.path
            assert lies_in(found, unwrapped(folder)), writer.name
            assert {*found} - {*OURS}
        elif audit.source.path.is_file() and audit.source.format in writer.own_of:
            assert found == unwrapped(audit.source.path), writer.name
        elif labels is not None:
            assert found == unwrapped(labels), writer.name
        else:
            assert found in unwrapped(inside.path).values(), writer.name
    audit.store.close()
