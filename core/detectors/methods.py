"""The registry of detectors: every method that may rank labels, and every pool member's texts.

To add a detector, write one module in this folder (and its test): a class with
`fit` as in ``core.detectors.estimator.Detector``, and a module-level ::

    METHOD = Method(
        "name", "Title", "One sentence.", order=70, rank=ranked_by_detector(MyDetector())
    )

(`ranked_by` where it needs several passes or reports progress). It is found by
itself: the command line, the bake-off, the pages and the tests of all methods
read `METHODS`. Methods are listed by `order`; the lowest is the default. If
it may be a member of a pool, add a module-level ``MEMBER = Member(...)`` with
the texts that the review page shows for it. A published score that is only
compared with goes into ``comparators/`` instead, in the same way, with
``selectable=False``.
"""

from __future__ import annotations

from core.detectors.entries import Member, Method
from core.registry import entries

METHODS: dict[str, Method] = entries("core.detectors", Method)
"""By name; the first is the default."""

MEMBERS: dict[str, Member] = entries("core.detectors", Member)
"""The texts of pool members by name: ``MEMBERS[name].title`` and ``.about``."""
