"""Keeps TensorFlow's notices about the machine off the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def without_notices() -> Iterator[None]:
    """Keep TensorFlow's notices about the processor off the terminal.

    They are written by C++ before any setting takes effect, straight to file
    descriptor 2; errors come as Python exceptions and are not touched.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    stderr = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
