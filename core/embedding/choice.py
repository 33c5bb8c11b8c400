"""How an audit's embeddings are made: by a backbone and its options, or from a file."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from core.audit import Audit, fingerprint
from core.embedding.network import BackboneError

DEFAULT_BACKBONE = "efficientnet_lite0"
"""The fastest of the bundled networks, whose embeddings those of earlier audits are."""
BETTER_BACKBONE = "efficientnet_lite2"
BY_SIZE = "by size"
"""In place of a name: `core.embedding.chosen_by_size` chooses between the bundled ones."""
VARIABLE = "SECOND_LOOK_BACKBONE"
"""Environment variable: the name of the backbone of new audits that ask for none."""

SEVERAL = "several"
"""As `EmbeddingChoice.layer`: the further layers that are found, beside the embedding."""
ALONE = "embedding"
"""Name of the embedding among layers; by itself, that no further layers are taken."""

EMBEDDING_VERSION = 2
"""Part of every key: raise it when the same choice gives other embeddings."""


@dataclass(frozen=True)
class EmbeddingChoice:
    """How embeddings, and predictions where there are any, come about.

    Attributes
    ----------
    backbone : str
        A registered name, or the path of a Keras model file.
    weights : str or None
        A file of weights for a backbone that has a name.
    layer : str or None
        What a row holds. None is the embedding alone, as in audits of earlier
        versions; `SEVERAL` the further layers that are found, beside it; a name
        the output of that layer in its place; names with commas between them
        these layers side by side, of which the first counts as the embedding.
    pixels : str or None
        For a model file: how pixels are scaled.
    embeddings, predictions : str or None
        Files with ready-made ones; with `embeddings`, no backbone is used.
    """

    backbone: str = DEFAULT_BACKBONE
    weights: str | None = None
    layer: str | None = None
    pixels: str | None = None
    embeddings: str | None = None
    predictions: str | None = None

    @classmethod
    def of(cls, audit: Audit) -> EmbeddingChoice:
        """Return what the embeddings of `audit` were made with, at first the default."""
        known = {field.name for field in fields(cls)}
        stored = audit.store.setting("embedding")
        if stored is None:
            return cls.default() if audit.store.fingerprint("embeddings") is None else cls()
        return cls(**{key: value for key, value in stored.items() if key in known})

    @classmethod
    def default(cls) -> EmbeddingChoice:
        """Return what a new audit starts with where nothing is asked for."""
        return cls(backbone=os.environ.get(VARIABLE) or BY_SIZE, layer=SEVERAL)

    def to_setting(self) -> dict[str, Any]:
        """Return a form for the database."""
        return asdict(self)

    def updated(self, **given: str | None) -> EmbeddingChoice:
        """Return this choice with the options that are given now.

        A backbone and ready-made embeddings exclude each other, and the
        options of a backbone go with it. Another backbone than before gives
        several layers unless `layer` says otherwise.

        Raises
        ------
        BackboneError
            When both are given, or an option that does not fit.
        """
        options = {key: _resolved(key, value) for key, value in given.items() if value is not None}
        if "embeddings" in options and options.keys() & {"backbone", "weights", "layer", "pixels"}:
            raise BackboneError(
                "--embeddings are used as they are; leave out --backbone and its options."
            )
        base = self
        if "embeddings" in options:
            base = EmbeddingChoice(predictions=self.predictions)
        elif "backbone" in options:
            is_same = options["backbone"] == self.backbone and not self.embeddings
            layer = self.layer if is_same else SEVERAL
            base = EmbeddingChoice(predictions=self.predictions, layer=layer)
        elif self.embeddings and options.keys() & {"weights", "layer", "pixels"}:
            raise BackboneError("This audit has ready-made embeddings; name a --backbone as well.")
        choice = replace(base, **options)
        if choice.layer == ALONE:
            choice = replace(choice, layer=None)
        if choice.weights and choice.is_file:
            raise BackboneError("A model file has its own weights; leave out --weights.")
        if choice.pixels and not choice.is_file:
            raise BackboneError("--pixels is for a model file given as --backbone.")
        return choice

    @property
    def has_layers(self) -> bool:
        """Whether further layers are taken beside the embedding."""
        return self.layer == SEVERAL or "," in (self.layer or "")

    @property
    def is_file(self) -> bool:
        """Whether the backbone is a model file and no name."""
        return _is_file(self.backbone)

    @property
    def described(self) -> str:
        """A short name for people to read."""
        if self.embeddings:
            return f"ready-made embeddings from {Path(self.embeddings).name}"
        if self.backbone == BY_SIZE:
            return "a bundled network"
        return Path(self.backbone).name if self.is_file else self.backbone

    def backbone_key(self) -> str:
        """Return a hash that changes when the backbone gives other embeddings.

        Raises
        ------
        BackboneError
            When a file is missing.
        """
        files = [self.weights] + ([self.backbone] if self.is_file else [])
        return fingerprint(
            EMBEDDING_VERSION,
            "" if self.is_file else self.backbone,
            [file and file_hash(Path(file)) for file in files],
            self.layer,
            self.pixels,
        )


def _is_file(backbone: str) -> bool:
    path = Path(backbone)
    if backbone.startswith("hub:"):
        return False
    looks_like_one = len(path.parts) > 1 or path.suffix in (".keras", ".h5", ".hdf5")
    return looks_like_one or (path / "saved_model.pb").exists()


def _resolved(key: str, value: str) -> str:
    """Return the absolute path of a file that exists; other values as they are."""
    if key in ("layer", "pixels") or (key == "backbone" and not _is_file(value)):
        return value
    path = Path(value).resolve()
    if not path.exists():
        raise BackboneError(f"There is no file {value}.")
    return str(path)


def file_hash(path: Path) -> str:
    """Return the BLAKE2b-128 hash of a file, or of every file in a folder by its name.

    Raises
    ------
    BackboneError
        When it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_dir():
                continue
            digest.update(file.relative_to(path).as_posix().encode())
            with file.open("rb") as opened:
                while block := opened.read(1 << 20):
                    digest.update(block)
    except FileNotFoundError:
        raise BackboneError(f"There is no file {path}.") from None
    except OSError as error:
        raise BackboneError(f"{path} cannot be read ({error.strerror}).") from None
    return digest.hexdigest()
