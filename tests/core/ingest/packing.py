"""Packed data sets for tests, each written as the programs write it that people use."""

import contextlib
import functools
import gzip
import http.server
import io
import json
import struct
import tarfile
import threading
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def picture(shade=0, fmt="JPEG", size=8):
    """The bytes of a small image file."""
    buffer = io.BytesIO()
    values = np.arange(size * size * 3).reshape(size, size, 3) * 7 + shade
    Image.fromarray((values % 256).astype(np.uint8)).save(buffer, fmt)
    return buffer.getvalue()


FORMATS = {".png": "PNG", ".ppm": "PPM", ".bmp": "BMP"}


def pictures(*paths):
    """Files by path, each another picture, of the format that its name says."""
    return {
        path: picture(shade, FORMATS.get(path[path.rfind(".") :], "JPEG"))
        for shade, path in enumerate(paths)
    }


def put(folder, files):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def zipped(path, files, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path, files, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def idx(path, values):
    """Write an array of bytes as MNIST's are."""
    header = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wb") as file:
        file.write(header + values.astype(np.uint8).tobytes())
    return path


def hugging_face(path, rows, names=("cat", "dog"), column="label"):
    """Write Parquet as the library datasets does, from (bytes, file name, label) rows."""
    features = {
        "image": {"_type": "Image"},
        column: {"names": list(names), "_type": "ClassLabel"},
    }
    table = pa.table(
        {
            "image": pa.array(
                [{"bytes": data, "path": name} for data, name, _ in rows],
                pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
            ),
            column: pa.array([label for *_, label in rows], pa.int64()),
        }
    )
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(folder, handler=_Quiet):
    """Send the files of a folder as a web server does; yield its address."""
    made = functools.partial(handler, directory=folder)
    with http.server.ThreadingHTTPServer(("localhost", 0), made) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
