"""The names of classes of a YOLO data set, appended in the manner of the file that has them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from core.export.choices import ExportError
from core.ingest.yolo_names import names_in
from core.text import shortened

YAML = (".yaml", ".yml")
_KEY = re.compile(r"names\s*:\s*(.*?)\s*", re.DOTALL)
_ENTRY = re.compile(r"(\s*)(-\s+|\d+(?=\s*:))(\s*:\s*)?(.*?)\s*", re.DOTALL)
_COUNT = re.compile(r"^(nc\s*:\s*)(\d+)", re.MULTILINE)
_PLAIN = re.compile(r"[^\W\d][\w-]*( [\w-]+)*")
_KEYWORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"}
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")


class YoloNames:
    """A file that names the classes.

    Parameters
    ----------
    path : Path
    names : dict of int to str
        By id, as the reader has them.

    Attributes
    ----------
    ids : dict of str to int
        By name; those of classes that are new are taken from here, too.
    """

    def __init__(self, path: Path, names: dict[int, str]) -> None:
        self.path, self.names = path, names
        self.text = path.read_bytes().decode("utf-8", "surrogateescape")
        self.ids: dict[str, int] = {}
        for number, name in names.items():
            self.ids.setdefault(name, number)
        self.is_yaml = path.suffix.lower() in YAML
        self.first_new = max(names) + 1 if self.is_yaml else len(self.text.splitlines())
        self.new: list[str] = []

    def add(self, names: Sequence[str]) -> None:
        """Give ids to those of the names that have none."""
        for name in names:
            if name not in self.ids:
                self.ids[name] = self.first_new + len(self.new)
                self.new.append(name)

    def content(self) -> bytes:
        """Return the file with the names that are new.

        Raises
        ------
        ExportError
            When it cannot hold one.
        """
        if not self.new:
            return self.path.read_bytes()
        text = self._in_yaml() if self.is_yaml else self._in_lines()
        expected = self.names | {self.ids[name]: name for name in self.new}
        if (names_in(text.removeprefix("\ufeff")) if self.is_yaml else _lines(text)) != expected:
            raise ExportError(
                f"{self.path.name} cannot hold the class"
                f" {shortened(ascii(self.new[0]), 60)}; rename it, or choose another format."
            )
        return text.encode("utf-8", "surrogateescape")

    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _in_lines(self) -> str:
        end = self._line_end()
        start = self.text + ("" if not self.text or self.text.endswith(("\n", "\r")) else end)
        return start + "".join(f"{name}{end}" for name in self.new)

    def _in_yaml(self) -> str:
        lines = self.text.splitlines(keepends=True)
        at, found = next(
            (at, found)
            for at, line in enumerate(lines)
            if (found := _KEY.fullmatch(line.removeprefix("\ufeff")))
        )
        first = re.sub(r"(^|\s)#[^'\"]*$", "", found[1]).strip()
        lines = self._in_brackets(lines, at) if first else self._in_block(lines, at)
        count = len(self.names)
        return _COUNT.sub(
            lambda nc: nc[1] + str(count + len(self.new)) if int(nc[2]) == count else nc[0],
            "".join(lines),
        )

    def _in_brackets(self, lines: list[str], first: int) -> list[str]:
        at = first
        while at < len(lines) - 1 and not _uncommented(lines[at]).endswith(("]", "}")):
            at += 1
        line = lines[at]
        close = max(len(_uncommented(line)) - 1, 0)
        is_mapping = line[close : close + 1] == "}"
        before = "".join(lines[first:at]) + line[:close]
        quote = next((one for one in reversed(before) if one in "'\""), "")
        entries = [
            (f"{self.ids[name]}: " if is_mapping else "") + yaml_word(name, quote)
            for name in self.new
        ]
        kept = line[:close].rstrip()
        comma = "" if before.rstrip().endswith((",", "[", "{")) else ","
        blank = " " if kept and not kept.endswith(("[", "{")) else ""
        lines[at] = kept + comma + blank + ", ".join(entries) + line[len(kept) :]
        return lines

    def _in_block(self, lines: list[str], at: int) -> list[str]:
        last, form = at, None
        for n in range(at + 1, len(lines)):
            if _uncommented(lines[n]):
                found = _ENTRY.fullmatch(_uncommented(lines[n]))
                if found is None:
                    break
                last, form = n, found
        assert form is not None
        end = lines[last][len(lines[last].rstrip("\r\n")) :] or (
            "\r\n" if "\r\n" in self.text else "\n"
        )
        if not lines[last].endswith(("\n", "\r")):
            lines[last] += end
        quote = form[4][:1] if form[4][:1] in ("'", '"') else ""
        new = [
            form[1] + (form[2] if form[3] is None else f"{self.ids[name]}{form[3]}")
            + yaml_word(name, quote) + end
            for name in self.new
        ]  # fmt: skip
        return [*lines[: last + 1], *new, *lines[last + 1 :]]


def _uncommented(line: str) -> str:
    """Return a line without the comment and the blanks at its end."""
    return re.sub(r"(^|\s)#[^'\"]*$", "", line.rstrip("\r\n")).rstrip()


def _lines(text: str) -> dict[int, str]:
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    return {at: line for at, line in enumerate(lines) if line}


def yaml_word(name: str, quote: str = "") -> str:
    """Return a text as YAML on one line, with quotes where it needs them or others have them."""
    if quote == "'" and name.isprintable():
        return "'" + name.replace("'", "''") + "'"
    if not quote and _PLAIN.fullmatch(name) and name.casefold() not in _KEYWORDS:
        return name
    return yaml_text(name)


def yaml_text(text: str) -> str:
    """Return a text as YAML, in double quotes and on one line."""
    text = json.dumps(text, ensure_ascii=False)
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
