"""Color profiles: the colors that a file means, in sRGB."""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

SAME = 2
"""Levels of 255 by which no color may differ for a profile to count as sRGB by another name."""

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Pillow's modes, by the color space of a profile."""


class Profile(NamedTuple):
    """A color profile that can be applied.

    Attributes
    ----------
    mode : str
        Of the images that it is for.
    to_srgb : PIL.ImageCms.ImageCmsTransform
    is_srgb : bool
        Whether it changes no color visibly.
    is_matrix : bool
        Whether it is three curves and a matrix, which every program computes alike.
    """

    mode: str
    to_srgb: ImageCms.ImageCmsTransform
    is_srgb: bool
    is_matrix: bool


def profile_of(image: Image.Image) -> Profile | None:
    """Return the color profile of an image; None where there is none that fits it.

    A damaged profile, or that of another kind of pixels, is not applied; browsers
    pass over those as well.
    """
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes) or not data:
        return None
    profile = _parsed(data)
    return profile if profile is not None and profile.mode == color_mode(image) else None


def color_mode(image: Image.Image) -> str:
    """Return the mode of the colors of an image, whatever their depth and transparency."""
    if image.mode in ("1", "L", "LA", "La", "F") or image.mode.startswith("I"):
        return "L"
    return "CMYK" if image.mode == "CMYK" else "RGB"


def in_srgb(image: Image.Image, profile: Profile | None) -> Image.Image:
    """Return `image` with its colors in sRGB; itself where they are that already.

    Parameters
    ----------
    image : PIL.Image.Image
        Of the mode of `profile`.
    profile : Profile or None
    """
    if profile is None or profile.is_srgb:
        return image
    return profile.to_srgb.apply(image)


@functools.lru_cache(maxsize=64)
def _parsed(data: bytes) -> Profile | None:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        mode = MODES.get(profile.profile.xcolor_space.strip())
        if mode is None:
            return None
        srgb = ImageCms.createProfile("sRGB")
        # Black is black on paper and on a screen, as in every viewer of photographs.
        transform = ImageCms.buildTransform(
            profile, srgb, mode, "RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION
        )
        if not isinstance(transform, ImageCms.ImageCmsTransform):
            return None
        return Profile(
            mode, transform, _changes_nothing(transform, mode), profile.profile.is_matrix_shaper
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode == "CMYK":
        return False
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    if mode == "L":
        before = Image.fromarray(steps[None])
    else:
        before = Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3))
    after = np.asarray(transform.apply(before), dtype=np.int16)
    return bool(np.abs(after - np.asarray(before.convert("RGB"))).max() <= SAME)
