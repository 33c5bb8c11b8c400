"""What names items and computed files: stable ids, and hashes of what something was made from."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def item_id(path: str) -> str:
    """Return the stable id of the item at a relative `path`: 16 hexadecimal digits.

    Examples
    --------
    >>> item_id("cat/a.jpg")
    '4dccd668eaf1d732'
    """
    return hashlib.blake2b(path.encode(), digest_size=8).hexdigest()


def fingerprint(*parts: Any) -> str:
    """Return a hash of JSON-serializable `parts`, to tell whether inputs have changed."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
