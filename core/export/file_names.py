"""Names for files and folders that every system takes, and that no two have."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from core.ingest.linked_folders import IGNORED_FOLDERS

PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
RESERVED = {"con", "prn", "aux", "nul", *PORTS}
"""What Windows lets no file be called, whatever its ending."""

UNSAFE = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|%(?=[0-9A-Fa-f]{2})'
)
NUMBER = re.compile("~[0-9]+$")
LONGEST = 150
"""Bytes of a name; systems take 255, of which a number and others' endings want some."""


def safe_name(name: str) -> str:
    r"""Return a name that a file or folder may have on any system, as like it as can be.

    What cannot be in one is written as in addresses, ``%`` and its bytes. A name
    that is safe stays as it is, and two names may become the same one: see
    `UniqueNames`.

    Examples
    --------
    >>> [safe_name(name) for name in ("and/or", "a|b\n", ".git", "con.jpg", "etc.", "Köter")]
    ['and%2For', 'a%7Cb%0A', '%2Egit', '%63on.jpg', 'etc%2E', 'Köter']
    """
    safe = UNSAFE.sub(lambda found: _escaped(found[0]), name)
    is_a_systems = safe in IGNORED_FOLDERS or safe.partition(".")[0].casefold() in RESERVED
    if safe.startswith(".") or is_a_systems:
        safe = _escaped(safe[0]) + safe[1:]
    if safe.endswith((".", " ")):
        safe = safe[:-1] + _escaped(safe[-1])
    if len(safe.encode()) <= LONGEST:
        return safe or "%"
    ending = PurePosixPath(safe).suffix
    ending = ending if len(ending.encode()) < LONGEST // 4 else ""
    stem = safe.removesuffix(ending).encode()[: LONGEST - len(ending.encode())]
    return stem.decode(errors="ignore").rstrip(". ") + ending


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(errors="surrogatepass"))


def name_key(name: str) -> str:
    r"""Return what two names share that one folder may not hold both of, on some system.

    Examples
    --------
    >>> name_key("Köter.JPG") == name_key("ko\u0308ter.jpg")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class UniqueNames:
    """Gives out names in folders, each only once, whatever a system takes for the same.

    Parameters
    ----------
    reserved : iterable of str
        Names that are given out in no folder.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._reserved = set(map(name_key, reserved))
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._last: dict[tuple[str, str], int] = {}

    def reserve(self, folder: str, name: str) -> None:
        """Give out a name as it is."""
        self._taken[folder].add(name_key(name))

    def reserve_everywhere(self, name: str) -> None:
        """Give out a name in every folder."""
        self._reserved.add(name_key(name))

    def take(self, folder: str, name: str) -> str:
        """Return a name like this one that was not given out in a folder.

        Examples
        --------
        >>> names = UniqueNames()
        >>> [names.take("cat", name) for name in ("1.jpg", "1.JPG", "1~2.jpg")]
        ['1.jpg', '1~2.JPG', '1~3.jpg']
        """
        taken = self._taken[folder]
        key = name_key(name)
        if key in taken or key in self._reserved:
            name, key = self._numbered(folder, name)
        taken.add(key)
        return name

    def _numbered(self, folder: str, name: str) -> tuple[str, str]:
        """Return a name with a number, in place of one that an earlier export gave it."""
        stem, dot, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
        stem = NUMBER.sub("", stem)
        like = folder, name_key(f"{stem}{dot}{ending}")
        number = self._last.get(like, 1)
        while True:
            number += 1
            numbered = f"{stem}~{number}{dot}{ending}"
            key = name_key(numbered)
            if key not in self._taken[folder] and key not in self._reserved:
                self._last[like] = number
                return numbered, key
