"""The texts of the fine-tuned network as a member of a pool; see `fine_tuned_member`."""

from __future__ import annotations

from core.detectors.entries import Member
from core.detectors.fine_tuned_member import FINE_TUNED

MEMBER = Member(
    FINE_TUNED,
    "fine-tuned network",
    "The network itself, its last block trained on the other images of this data set",
    order=50,
)
