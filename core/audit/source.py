"""Where a data set lies, and how it is read: a value that an audit remembers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOTS = "roots"

OF_A_URL, URL = "url", "url"
"""The format of what has to be fetched before a reader is chosen, and the option with its URL."""


@dataclass(frozen=True)
class Source:
    """A data set as it lies.

    Attributes
    ----------
    format : str
        Name of its reader, of `core.ingest.readers.READERS`; `OF_A_URL` of a URL.
    path : Path
        The folder of the images, or a file that holds them. Of a URL, its parts:
        nothing lies there.
    options : dict of str to str
        What the reader needs beside; see there.
    """

    format: str
    path: Path
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_setting(cls, setting: dict[str, Any]) -> Source:
        """Read what `to_setting` wrote."""
        return cls(setting["format"], Path(setting["path"]), dict(setting["options"]))

    def to_setting(self) -> dict[str, Any]:
        """Return a value that JSON can hold."""
        return {"format": self.format, "path": str(self.path), "options": self.options}

    @classmethod
    def of_url(cls, url: str, options: dict[str, str]) -> Source:
        """Return the data set at a URL; its table, where there is one, may be a URL below it."""
        return cls(OF_A_URL, Path(url), options | {URL: url})

    @property
    def url(self) -> str | None:
        """Where it is fetched from; None for what lies on this machine."""
        return self.options.get(URL)

    @property
    def place(self) -> str:
        """Its path or URL, as it is given on the command line."""
        return self.url or str(self.path)

    @property
    def labels(self) -> Path | None:
        """The table of the labels; None where there is none."""
        return Path(self.options["labels"]) if "labels" in self.options else None

    @property
    def label_column(self) -> str | None:
        """The column of the table that holds the labels; None where the reader finds it."""
        return self.options.get("label_column")

    @property
    def path_column(self) -> str | None:
        """The column of the table that holds the paths; None where the reader finds it."""
        return self.options.get("path_column")

    @property
    def id_column(self) -> str | None:
        """The column of the table that holds names of images without folder and ending."""
        return self.options.get("id_column")

    @property
    def encoding(self) -> str | None:
        """The encoding of the table; None where it is told by its content."""
        return self.options.get("encoding")

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders, beside its own, that links in it may lead to."""
        return tuple(Path(one) for one in json.loads(self.options.get(ROOTS, "[]")))

    def with_options(self, options: dict[str, str]) -> Source:
        """Return the same data set with `options`; those left out stay, roots are added."""
        added = replace(self, options=options).roots
        merged = replace(self, options=self.options | options)
        return merged.with_roots((*self.roots, *added)) if added else merged

    def with_labels(self, table: Path) -> Source:
        """Return the same data set with its labels in another `table`."""
        return replace(self, options=self.options | {"labels": str(table)})

    def with_roots(self, roots: Iterable[Path]) -> Source:
        """Return the same data set with just these `roots`."""
        others = {name: value for name, value in self.options.items() if name != ROOTS}
        names = list(dict.fromkeys(map(str, roots)))
        return replace(self, options=others | ({ROOTS: json.dumps(names)} if names else {}))

    def is_at(self, other: Source) -> bool:
        """Tell whether this is the same data set in the same place, however it is read."""
        return (self.path, self.labels) == (other.path, other.labels)

    def __str__(self) -> str:
        labels = self.options.get("labels")
        return f"{self.place} with {labels}" if labels else self.place
