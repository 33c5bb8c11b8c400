"""Color profiles put together by hand, and the colors that they mean by the textbook."""

import struct

import numpy as np

# The colors of red, green and blue in XYZ, seen in the light of D50.
DISPLAY_P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141))
D50 = (0.9642, 1.0, 0.82491)
GAMMA = 563 / 256
"""That of Adobe RGB; a profile notes it as an 8.8 bit number."""


def rgb_profile(primaries, gamma=GAMMA):
    """A profile of three curves and a matrix."""
    tags = {b"wtpt": _xyz(D50)}
    for color, primary in zip(b"rgb", primaries, strict=True):
        tags[bytes([color]) + b"XYZ"] = _xyz(primary)
        tags[bytes([color]) + b"TRC"] = _curve(gamma)
    return _profile(b"RGB ", b"XYZ ", tags)


def gray_profile(gamma):
    return _profile(b"GRAY", b"XYZ ", {b"wtpt": _xyz(D50), b"kTRC": _curve(gamma)})


def cmyk_profile():
    """Inks that darken gray alike, whatever their color: a table of what each mixture looks like.

    The lightness falls from white in equal steps with the sum of the inks.
    """
    mixtures = np.indices((2,) * 4).reshape(4, -1).T
    lightness = 255 - 63 * mixtures.sum(axis=1)
    lab = np.stack([lightness, np.full(16, 128), np.full(16, 128)], axis=1).astype(np.uint8)
    straight = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0])
    table += b"".join(_fixed(value) for value in np.eye(3).ravel())
    table += straight * 4 + lab.tobytes() + straight * 3
    return _profile(b"CMYK", b"Lab ", {b"wtpt": _xyz(D50), b"A2B0": table}, kind=b"prtr")


def meant(color, primaries, gamma=GAMMA):
    """The color in sRGB of a `color` whose profile is `rgb_profile` of the same."""
    linear = (np.array(color) / 255) ** gamma
    linear = np.linalg.inv(np.array(SRGB).T) @ (np.array(primaries).T @ linear)
    return tuple(_encoded(linear).tolist())


def gray_meant(value, gamma):
    """The level in sRGB of a gray whose profile is `gray_profile`."""
    return int(_encoded((value / 255) ** gamma))


def _encoded(linear):
    linear = np.clip(linear, 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (255 * curved).round().astype(int)


def _fixed(value):
    return struct.pack(">i", round(value * 65536))


def _xyz(color):
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, color))


def _curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def _profile(colors, connection, tags, kind=b"mntr"):
    text = b"by hand\0"
    tags = tags | {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + text,
    }
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    header = struct.pack(">I4sI", start + len(body), b"none", 0x02100000) + kind + colors
    header += connection + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
