"""Which file a path in a table means, however it is written and wherever it was written.

Tables come from other machines: with paths of theirs, with ids instead of names, with
another case or Unicode form. A path that leads to a file is taken as it is. For any
other, the images of the folder are looked through for the one that it fits; it is
taken only where there is just one, and what was done is counted, to be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from core.audit.source import Source
from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import FolderWalk
from core.ingest.records import SourceError

IMAGES_IN = "images_in"
"""The option of a source that says in which of its folders ambiguous paths lie."""

ABSOLUTE = "as absolute paths"
ADDRESS = "as addresses"
BESIDE = "from the folder of the table"
BLANKS = "without the blanks round them"
CASE = "in another case"
UNICODE = "in another Unicode form"
DECODED = "with %20 and the like decoded"
ENDING = "without their ending"
DROPPED = "without their leading folders"
ADDED = "in a folder that they do not name"
UPLOAD = "without the code that an upload has put before their name"

Spelling = tuple[list[str], str, tuple[str, ...]]
"""Folders, name, and what was done to read a path so."""

_ODD = re.compile(r"^\s|\s$|[%:\\?]|^/|/$|//|\./")
"""What a plain path does not hold."""
_UPLOAD = re.compile(r"[0-9a-f]{8}-(?=.)")
_DRIVE = re.compile(r"[A-Za-z]:/")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/]*/")


@dataclass(frozen=True)
class Match:
    """A file that a path means.

    Attributes
    ----------
    path : str
        Of the file, relative to the folder.
    ways : tuple of str
        What was done to find it; none where the path leads there by itself.
    shared : int
        Folders that both paths end with.
    """

    path: str
    ways: tuple[str, ...] = ()
    shared: int = 0

    @property
    def is_shifted(self) -> bool:
        """Whether the path lies in other folders than the file."""
        return DROPPED in self.ways or ADDED in self.ways


@dataclass
class Matches:
    """What was found for many paths.

    Attributes
    ----------
    paths : list of str
        Of the files or, where there is none, as they were written.
    missing : list of int
        Positions of those without a file.
    ways : dict of str to list
        For each way, how often it was gone and the first example: the path as
        it was written and the file.
    several : list of (int, list of str)
        Positions of paths that fit several files, and these.
    """

    paths: list[str] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    ways: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    several: list[tuple[int, list[str]]] = field(default_factory=list)


def plain_path(text: str) -> str:
    r"""Return a path with forward slashes and without detours.

    Examples
    --------
    >>> plain_path("x\\a.jpg"), plain_path("./x//a.jpg")
    ('x/a.jpg', 'x/a.jpg')
    """
    slashed = text.replace("\\", "/")
    if "//" in slashed or "./" in slashed or slashed.endswith(("/", "/.")) or slashed == "":
        return str(PurePosixPath(slashed))
    return slashed


class ImageIndex:
    """The images of a folder, found by any form of their paths.

    The folder is walked when it is first asked for something that it does not
    hold under just that path.

    Parameters
    ----------
    root : Path
    roots : sequence of Path
        Further folders that links may lead to.
    near : str
        The folder in which the table lies: paths may be relative to it.
    within : str
        The folder whose images ambiguous paths mean.
    """

    def __init__(
        self, root: Path, roots: Sequence[Path] = (), near: str = "", within: str = "."
    ) -> None:
        self.root = root
        self.near = near
        self.within = within
        self.roots = tuple(roots)
        self._others: dict[str, frozenset[str]] = {}

    @cached_property
    def files(self) -> frozenset[str]:
        """The images' paths."""
        images = []
        # What may not be listed may still be read by its path.
        with suppress(SourceError):
            for path in FolderWalk(self.root, self.roots).files():
                if path[path.rfind(".") :].lower() in EXTENSIONS:
                    images.append(path)
        return frozenset(images)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        return _grouped(self.files, lambda name: name)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        return _grouped(self.files, lambda name: name[: name.rfind(".")])

    @cached_property
    def _bounds(self) -> list[Path]:
        return [one.resolve() for one in (self.root, *self.roots)]

    def __contains__(self, path: str) -> bool:
        """Tell whether there is a file under just this path, within the roots."""
        if path in self.files:
            return True
        folder, _, name = path.rpartition("/")
        if name not in self._others_in(folder) or self._place(path).is_dir():
            return False
        return not path.startswith("/") or any(map(Path(path).is_relative_to, self._bounds))

    def _others_in(self, folder: str) -> frozenset[str]:
        """Return the names in a folder that are none of the images; listed once.

        A table may name a million files of a folder.
        """
        if folder not in self._others:
            try:
                names = [one.name for one in self._place(folder).iterdir()]
            except (OSError, ValueError):  # there is none, or it holds a null character
                names = []
            start = f"{folder}/" if folder else ""
            self._others[folder] = frozenset(
                name for name in names if f"{start}{name}" not in self.files
            )
        return self._others[folder]

    def _place(self, path: str) -> Path:
        return self.root / path

    def match(self, text: str) -> Match | list[str]:
        """Return the file that a path means, or the files (none, several) that it fits."""
        plain = plain_path(text)
        if plain in self:
            inside = _relative(plain, (self.root, self._bounds[0]))
            return Match(plain) if inside is None else Match(inside, (ABSOLUTE,))
        if self.near and (beside := f"{self.near}/{plain}") in self:
            return Match(beside, (BESIDE,))
        if not self.files:
            return []
        if text in self.files:  # a backslash may be part of a name
            return Match(text)
        spellings = _spellings(text)
        for folders, name, ways in spellings:
            if ways and (path := "/".join([*folders, name])) in self.files:
                return Match(path, ways, len(folders))
        for folders, name, ways in spellings:
            for names, more in ((self._by_name, ()), (self._by_stem, (ENDING,))):
                if found := names.get(_folded(name)):
                    best = _best(found, folders, name, (*ways, *more))
                    if isinstance(best, Match) or self.within == ".":
                        return best
                    likely = [one for one in found if one.startswith(f"{self.within}/")]
                    return _best(likely, folders, name, (*ways, *more))
        return []

    def finds(self, text: str) -> bool:
        """Tell whether a path means an image of the folder."""
        return bool(text.strip()) and (
            plain_path(text) in self.files or isinstance(self.match(text), Match)
        )


def index_of(source: Source) -> ImageIndex:
    """Return the images that the paths in the table of a source may mean."""
    table = source.labels.parent if source.labels is not None else source.path
    inside = table != source.path and table.is_relative_to(source.path)
    near = table.relative_to(source.path).as_posix() if inside else ""
    return ImageIndex(source.path, source.roots, near, source.options.get(IMAGES_IN, "."))


def match_paths(texts: Iterable[str], index: ImageIndex) -> Matches:
    """Return the files that the paths of a table mean.

    Where paths of different folders would mean one file, none of them does unless
    one shares more folders with it.
    """
    texts = list(texts)
    found = Matches()
    shifted: dict[str, list[tuple[int, Match]]] = defaultdict(list)
    changed: list[tuple[int, Match]] = []
    for position, text in enumerate(texts):
        match = index.match(text)
        if isinstance(match, list):
            found.paths.append(plain_path(text))
            found.missing.append(position)
            if match:
                found.several.append((position, match))
            continue
        found.paths.append(match.path)
        if match.ways:
            (shifted[match.path] if match.is_shifted else changed).append((position, match))
    refused = _contested(texts, found.paths, shifted)
    for position, match in sorted([*changed, *(one for some in shifted.values() for one in some)]):
        if position in refused:
            found.paths[position] = plain_path(texts[position])
            found.several.append((position, [match.path]))
            continue
        for way in match.ways:
            count, text, path = found.ways.get(way, (0, texts[position], match.path))
            found.ways[way] = (count + 1, text, path)
    found.missing = sorted([*found.missing, *refused])
    return found


def _contested(
    texts: Sequence[str], paths: Sequence[str], shifted: dict[str, list[tuple[int, Match]]]
) -> set[int]:
    """Return the positions of paths that would mean a file which another path means better."""
    refused: set[int] = set()
    if not shifted:
        return refused
    among = {position for some in shifted.values() for position, _ in some}
    direct = {
        path for position, path in enumerate(paths) if path in shifted and position not in among
    }
    for path, claims in shifted.items():
        most = max(match.shared for _, match in claims)
        best = {_identity(texts[position]) for position, match in claims if match.shared == most}
        if path in direct or len(best) > 1:
            refused.update(position for position, _ in claims)
        else:
            refused.update(
                position for position, _ in claims if _identity(texts[position]) not in best
            )
    return refused


def _identity(text: str) -> str:
    """Return what two ways to write one path have in common."""
    *_, (folders, name, _) = _spellings(text)
    stem, dot, ending = name.rpartition(".")
    is_image = f"{dot}{ending}".lower() in EXTENSIONS
    return _folded("/".join([*folders, stem if is_image else name]))


def _grouped(paths: Iterable[str], part: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[_folded(part(path[path.rfind("/") + 1 :]))].append(path)
    return dict(groups)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _relative(path: str, roots: Iterable[Path]) -> str | None:
    """Return an absolute path relative to the first of `roots` that holds it."""
    if path.startswith("/"):
        for root in roots:
            if (inside := path.removeprefix(f"{root}/")) != path:
                return inside
    return None


def _spellings(text: str) -> list[Spelling]:
    """Return ways to read a path, the plainest first: folders, name, and what was done to it."""
    if not _ODD.search(text):
        *folders, name = text.split("/")
        return [(folders, name, ()), *_uploaded(name, ())]
    stripped = text.strip()
    ways: tuple[str, ...] = (BLANKS,) if stripped != text else ()
    if (scheme := _SCHEME.match(stripped)) is not None:
        is_web = stripped.lower().startswith("http")
        stripped, ways = stripped[scheme.end() - 1 :], (*ways, ADDRESS)
        if is_web and "?d=" not in stripped:
            stripped = stripped.partition("?")[0]
    if "?d=" in stripped:  # where Label Studio serves local files
        stripped, ways = stripped[stripped.index("?d=") + 3 :], (*dict.fromkeys((*ways, ADDRESS)),)
    texts = [(stripped, ways)]
    if "%" in stripped and (decoded := unquote(stripped)) != stripped:
        texts.append((decoded, ways if ADDRESS in ways else (*ways, DECODED)))
    read: list[Spelling] = []
    for one, done in texts:
        slashed = plain_path(one)
        if (drive := _DRIVE.match(slashed.lstrip("/"))) is not None:
            slashed = slashed.lstrip("/")[drive.end() :]
        *folders, name = [part for part in slashed.split("/") if part not in ("", ".")] or [""]
        read += [(folders, name, done), *_uploaded(name, done)]
    return read


def _uploaded(name: str, done: tuple[str, ...]) -> list[Spelling]:
    """Return the name that a file had before it was uploaded; its folders are the server's."""
    return [([], _UPLOAD.sub("", name, 1), (*done, UPLOAD))] if _UPLOAD.match(name) else []


def _best(
    found: Sequence[str], folders: Sequence[str], name: str, ways: tuple[str, ...]
) -> Match | list[str]:
    """Return the one of the files found that shares most with a path, if it is just one."""
    matches = [match for path in found if (match := _compared(path, folders, name, ways))]
    if not matches:
        return []
    # A file in other folders is one only where no file lies in just these.
    best = max(map(_rank, matches))
    equal = [match for match in matches if _rank(match) == best]
    return equal[0] if len(equal) == 1 else sorted(match.path for match in equal)


def _composed(parts: Sequence[str]) -> list[str]:
    return [unicodedata.normalize("NFC", part) for part in parts]


def _rank(match: Match) -> tuple[bool, int, int]:
    return not match.is_shifted, match.shared, -len(match.ways)


def _compared(path: str, folders: Sequence[str], name: str, ways: tuple[str, ...]) -> Match | None:
    """Return the file at `path` as a match; None where its folders speak against it."""
    *there, file = path.split("/")
    shared = 0
    for one, other in zip(reversed(there), reversed(folders), strict=False):
        if _folded(one) != _folded(other):
            break
        shared += 1
    dropped, added = len(folders) > shared, len(there) > shared
    if dropped and added:  # val/cat/1.jpg is not train/cat/1.jpg
        return None
    written = [*folders[len(folders) - shared :], name]
    if ENDING in ways:
        file = file[: file.rfind(".")]
    lies = [*there[len(there) - shared :], file]
    if written != lies:
        ways += (UNICODE,) if _composed(written) == _composed(lies) else (CASE,)
    return Match(path, ways + (DROPPED,) * dropped + (ADDED,) * added, shared)
