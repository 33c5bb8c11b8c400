"""Keeps the trunk's maps of an audit's images on disk: they stay the same, whatever the labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write
from core.arrays.blocks import mapped
from core.arrays.row_file import RowFile
from core.audit import Audit
from core.embedding.reading import by_file, map_ahead, read_items, workers
from core.fine_tuning.split_network import MapMaker, SplitNetwork
from core.ingest import images
from core.store import EmbeddedItem, Row
from core.versions import DECODING_VERSION

IMAGES_PER_COMMIT = 512
FILES_AHEAD = 32

Hashes = NDArray[np.bytes_]


class _Read(NamedTuple):
    """An image that was read: the input of the trunk, or None where there is no picture."""

    row: int
    content: str
    pixels: NDArray[np.uint8] | None


class MapStore:
    """The maps of one network in an audit's folder; rows are those of ``items.row``.

    Beside the maps lie the hashes of the contents that they were made of, written
    after them: a run that was cut off resumes at the last commit, and the map of a
    picture that was replaced is made anew.

    Parameters
    ----------
    folder : Path
    network : SplitNetwork
    """

    def __init__(self, folder: Path, network: SplitNetwork) -> None:
        name = f"{network.variant.name}-{network.side}-{DECODING_VERSION}"
        self.network = network
        self._maps = folder / f"maps-{name}.npy"
        self._contents = folder / f"contents-{name}.npy"

    def missing(self, items: Sequence[EmbeddedItem]) -> list[EmbeddedItem]:
        """Return those of `items` whose content has no map yet."""
        contents = self._read_contents(_rows(items))
        return [item for item in items if contents[item.row] != item.content_hash.encode()]

    def fill(
        self, audit: Audit, items: Sequence[EmbeddedItem], update: Callable[[int, int], None]
    ) -> bool:
        """Make the maps that are missing; False where none are.

        An image that can no longer be read stays without a map.

        Parameters
        ----------
        audit : Audit
        items : sequence of EmbeddedItem
        update : callable
            Called with images done and images in all.
        """
        missing = {item.id: item for item in self.missing(items)}
        if not missing:
            return False
        self._maps.parent.mkdir(exist_ok=True)
        contents = self._read_contents(_rows(items))
        maps = RowFile(self._maps, len(contents), 2 * int(np.prod(self.network.map_shape)))
        done = len(items) - len(missing)
        update(done, len(items))
        maker = MapMaker(self.network)
        try:
            for group in self._groups(audit, missing):
                for one in self._written(maps, maker, group):
                    contents[one.row] = one.content.encode()
                maps.flush()
                with atomic_write(self._contents) as partial, partial.open("wb") as file:
                    np.save(file, contents, allow_pickle=False)
                done += len(group)
                update(done, len(items))
        finally:
            maps.close()
        return True

    def rows(self, items: Sequence[EmbeddedItem]) -> NDArray[np.float16]:
        """Return the maps of `items`: float16 (n, 2, height, width, channels), read into memory."""
        shape = (len(items), 2, *self.network.map_shape)
        found: NDArray[np.float16] = mapped(self._maps)[[item.row for item in items]]
        return found.reshape(shape)

    def _groups(self, audit: Audit, missing: dict[str, EmbeddedItem]) -> Iterator[list[_Read]]:
        side = self.network.side
        files = by_file([file for file in audit.store.listed_files() if file["id"] in missing])

        def read(group: list[Row]) -> list[_Read]:
            found = []
            for file, one in zip(group, read_items(audit, group, side), strict=True):
                pixels = None
                if one.picture is not None:
                    pixels = images.network_input(one.picture.image, side, side)
                # What the audit knows, not what lies there now: another content waits for `audit`.
                found.append(_Read(file["row"], missing[file["id"]].content_hash, pixels))
            return found

        reads = chain.from_iterable(map_ahead(read, files, workers(), FILES_AHEAD))
        while group := list(islice(reads, IMAGES_PER_COMMIT)):
            yield group

    def _written(self, maps: RowFile, maker: MapMaker, group: Sequence[_Read]) -> list[_Read]:
        """Write the maps of the images that could be read, and return these."""
        usable = [one for one in group if one.pixels is not None]
        pixels = [one.pixels for one in usable if one.pixels is not None]
        if usable:
            for one, found in zip(usable, maker.maps(np.stack(pixels)), strict=True):
                maps.write(one.row, found)
        return usable

    def _read_contents(self, n_rows: int) -> Hashes:
        contents = np.zeros(n_rows, "S32")
        if self._contents.exists() and self._maps.exists():
            known = np.load(self._contents, allow_pickle=False)[:n_rows]
            contents[: len(known)] = known
        return contents


def _rows(items: Sequence[EmbeddedItem]) -> int:
    return 1 + max((item.row for item in items), default=-1)
