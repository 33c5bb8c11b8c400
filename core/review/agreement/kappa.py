"""Agreement beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha, with intervals.

All three are one minus the disagreement observed over the disagreement that
chance alone would bring, and differ in what they take chance to be. They are
written here for many re-weighted samples at once, which the intervals need and
libraries do not offer; scikit-learn, which has Cohen's, moreover stays out of
the dashboard's server. The tests compare them with scikit-learn, with the
package ``krippendorff`` and with Fleiss' own example.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

Floats = NDArray[np.float64]
Parts = Callable[[Floats], tuple[Floats, Floats]]
"""Weights (draws, kinds of items) in, disagreement observed and expected (draws,) out."""

DRAWS = 2000
AT_ONCE = 4_000_000
"""Weights held at a time."""

NOTHING = 1e-12
"""Disagreement expected by chance that is as good as none."""

Z = 1.959964
"""Standard normal quantile of a 95 % interval."""


class Estimate(NamedTuple):
    """A coefficient with its 95 % interval.

    Attributes
    ----------
    value, low, high : float or None
        At most 1, which is perfect agreement; 0 is what chance brings. None
        where it is not defined.
    items : int
        Items that it was computed from.
    why : str
        Why it is not defined; empty where it is.
    """

    value: float | None
    low: float | None
    high: float | None
    items: int
    why: str = ""


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, JASA 1927); 0 and 1 where `n` is 0."""
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + Z * Z / (2 * n)
    reach = Z * float(np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)))
    scale = 1 + Z * Z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def cohen(pairs: Iterable[tuple[str, str]]) -> Estimate:
    """Return Cohen's kappa of two raters (Educ. Psychol. Meas. 20, 1960).

    Parameters
    ----------
    pairs : iterable of (str, str)
        For each item the annotations of the two.
    """
    kinds = Counter(pairs)
    rows = sorted(kinds)
    names = sorted({choice for row in rows for choice in row})
    first, second = (_tally([(row[side],) for row in rows], names) for side in (0, 1))
    differ = np.array([float(one != other) for one, other in rows])

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        total = weights.sum(axis=1)
        by_chance = ((weights @ first) * (weights @ second)).sum(axis=1) / total**2
        return weights @ differ / total, 1 - by_chance

    return _estimate(parts, [kinds[row] for row in rows])


def fleiss(units: Iterable[Sequence[str]]) -> Estimate:
    """Return Fleiss' kappa (Psychol. Bull. 76, 1971).

    Parameters
    ----------
    units : iterable of sequence of str
        The annotations of each item, the same number on all, at least two.

    Raises
    ------
    ValueError
        When some item has another number of annotations.
    """
    kinds, tallies = _kinds(units)
    sizes = tallies.sum(axis=1)
    if len(set(sizes)) > 1:
        raise ValueError("Fleiss' kappa needs the same number of annotations on every item.")
    differ = 1 - (tallies * (tallies - 1)).sum(axis=1) / (sizes * (sizes - 1))

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        shares = weights @ tallies / (weights @ sizes)[:, None]
        return weights @ differ / weights.sum(axis=1), 1 - (shares**2).sum(axis=1)

    return _estimate(parts, kinds)


def krippendorff(units: Iterable[Sequence[str]]) -> Estimate:
    """Return Krippendorff's alpha for nominal annotations (Content Analysis, 2004, ch. 11).

    Parameters
    ----------
    units : iterable of sequence of str
        The annotations of each item, by any raters; an item with one contributes nothing.
    """
    kinds, tallies = _kinds(unit for unit in units if len(unit) > 1)
    sizes = tallies.sum(axis=1)
    differ = sizes - (tallies * (tallies - 1)).sum(axis=1) / (sizes - 1)

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        total = weights @ sizes
        counts = weights @ tallies
        pairs_alike = (counts * (counts - 1)).sum(axis=1)
        return weights @ differ / total, 1 - pairs_alike / (total * (total - 1))

    return _estimate(parts, kinds)


def _kinds(units: Iterable[Sequence[str]]) -> tuple[list[int], Floats]:
    """Return how many items have just the same annotations, and those (kinds, names)."""
    kinds = Counter(tuple(sorted(unit)) for unit in units)
    rows = sorted(kinds)
    names = sorted({choice for row in rows for choice in row})
    return [kinds[row] for row in rows], _tally(rows, names)


def _tally(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Floats:
    column = {name: position for position, name in enumerate(names)}
    tallies = np.zeros((len(rows), len(names)))
    for position, row in enumerate(rows):
        for choice in row:
            tallies[position, column[choice]] += 1
    return tallies


def _estimate(parts: Parts, kinds: Sequence[int]) -> Estimate:
    """Return the coefficient with the wider of two intervals.

    A percentile bootstrap over items alone is much too narrow where few items
    are disputed: of samples of 30 items with a true kappa of .94 it covers it
    in three of four, of 12 items in less than half. Without any disagreement it has
    no width. Wilson's interval of the share that agrees, with what
    chance brings held fixed, has no such trouble but takes chance as known.
    From the lower of their lower ends to the higher of their higher ends, the
    truth was covered in 95 % and more of the samples in each of 36 settings
    (12 to 200 items, 4 to 20 classes, kappa of .36 to .94).
    """
    n = sum(kinds)
    if n < 2:
        why = "fewer than two images have been judged by two auditors"
        return Estimate(None, None, None, n, why)
    counts = np.array(kinds, dtype=float)
    observed, expected = (float(part[0]) for part in parts(counts[None]))
    if expected < NOTHING:
        why = "all annotations are the same, so that chance would agree as often"
        return Estimate(None, None, None, n, why)
    alike = min(n, n * (1 - observed))
    ends = [1 - (1 - share) / expected for share in wilson(alike, n)]
    ends += [float(end) for end in np.nanpercentile(_draws(parts, counts), [2.5, 97.5])]
    return Estimate(1 - observed / expected, max(-1.0, min(ends)), min(1.0, max(ends)), n)


def _draws(parts: Parts, counts: Floats) -> Floats:
    """Return the coefficient in `DRAWS` samples of as many items, NaN where not defined.

    Items with the same annotations are drawn together: how often each kind of
    item is drawn is multinomial, so that millions of items cost no more.
    """
    rng = np.random.default_rng(0)
    n, values = int(counts.sum()), []
    for part in slices(DRAWS, max(1, AT_ONCE // len(counts))):
        size = part.stop - part.start
        observed, expected = parts(rng.multinomial(n, counts / n, size=size).astype(float))
        defined = expected > NOTHING
        values.append(np.where(defined, 1 - observed / np.where(defined, expected, 1), np.nan))
    return np.concatenate(values)
