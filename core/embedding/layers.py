"""Further layers of a network beside its embedding: which are asked for, and which are found.

The last layer was made to tell the classes apart that a network was trained on;
earlier ones still know what it has merged. Their outputs, averaged over the
image, cost nothing where the embedding is computed anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.embedding.choice import ALONE, SEVERAL
from core.embedding.network import BackboneError

MOST_FOUND = 3
"""Layers that are taken where none are named; a fourth added nothing in measurements."""
_SAME_SIZE = 1.3
"""Sides of maps that differ by less, as those of a padded map do, are of one size."""


class LayerRequest(NamedTuple):
    """What `EmbeddingChoice.layer` asks for.

    Attributes
    ----------
    embedding : str or None
        The layer that takes the place of the embedding; None for the one that is found.
    further : tuple of str or None
        Layers beside it; None where they are to be found.
    """

    embedding: str | None
    further: tuple[str, ...] | None

    @classmethod
    def of(cls, layer: str | None) -> LayerRequest:
        """Read `layer`: names with commas between them, or a word of `core.embedding.choice`."""
        if layer is None or layer == ALONE:
            return cls(None, ())
        if layer == SEVERAL:
            return cls(None, None)
        first, *further = (name.strip() for name in layer.split(",") if name.strip())
        return cls(None if first == ALONE else first, tuple(further))


def takes_fixed_layers(name: str, layer: str | None) -> bool:
    """Whether `layer` asks a bundled network for its further layers.

    Raises
    ------
    BackboneError
        When it asks for others: those of a bundled network are fixed.
    """
    if layer not in (None, SEVERAL):
        raise BackboneError(
            f"The layers of {name} are fixed; leave out --layer, or take --layer {ALONE}."
        )
    return layer == SEVERAL


class MapShape(NamedTuple):
    """The output of a layer that is a map: height, width and channels; whether branches join."""

    name: str
    height: int
    width: int
    channels: int
    joins: bool = False


def found_by_shape(maps: Sequence[MapShape], dimension: int) -> list[str]:
    """Choose layers to take beside the embedding, the latest first, `MOST_FOUND` at most.

    A network shrinks its map step by step. Taken are the last output of the
    smallest map that is not as wide as the embedding, which is made from it;
    the last block that ends there before it; and the last block of each larger
    map, before it is reduced. Blocks end where branches join (residual sums,
    concatenations); a map without any counts by its last output.

    Parameters
    ----------
    maps : sequence of MapShape
        In the order in which they are computed.
    dimension : int
        Length of the embedding.
    """
    sizes = _levels(maps)
    if not sizes:
        return []
    last = [one for one in sizes[0] if one.channels != dimension]
    found = [last[-1].name] if last else []
    found += [one.name for one in last if one.joins][-1:]
    for level in sizes[1:]:
        found.append(([one for one in level if one.joins] or level)[-1].name)
    return list(dict.fromkeys(found))[:MOST_FOUND]


def _levels(maps: Sequence[MapShape]) -> list[list[MapShape]]:
    """Return the maps of each size in their order, the smallest size first.

    Vectors are left out, and maps of the size of the image, which know next to nothing.
    """
    levels: list[list[MapShape]] = []
    sides = sorted({(one.height * one.width) ** 0.5 for one in maps if one.height * one.width > 1})
    least = 0.0
    for side in sides:
        same = [one for one in maps if (one.height * one.width) ** 0.5 == side]
        if levels and side < least * _SAME_SIZE:
            levels[-1] = [one for one in maps if one in levels[-1] or one in same]
        else:
            levels.append(same)
            least = side
    return levels[:-1]
