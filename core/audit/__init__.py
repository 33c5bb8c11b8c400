"""An audit: one data set under examination, in one folder on disk."""

from __future__ import annotations

from core.audit.folder import (
    DATABASE,
    EMBEDDED_ANEW,
    FINE_TUNED_CLASSES,
    WIDTHS,
    Audit,
    AuditError,
)
from core.audit.ids import fingerprint, item_id
from core.audit.source import Source
from core.audit.tables import EvidenceTable, NeighborTable, PredictionTable

__all__ = [
    "DATABASE",
    "EMBEDDED_ANEW",
    "FINE_TUNED_CLASSES",
    "WIDTHS",
    "Audit",
    "AuditError",
    "EvidenceTable",
    "NeighborTable",
    "PredictionTable",
    "Source",
    "fingerprint",
    "item_id",
]  # fmt: skip
