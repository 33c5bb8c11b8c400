"""Detectors: out-of-sample class probabilities of every item."""

from core.detectors.calibration import CalibratedEvidence
from core.detectors.discriminant import Discriminant
from core.detectors.estimator import Detector, Evidence, Features
from core.detectors.evidence_summary import summarize
from core.detectors.given_predictions import Predictions
from core.detectors.methods import METHODS
from core.detectors.pool import LogPool
from core.detectors.probe import Probe
from core.detectors.regions import Regions
from core.detectors.ridge import Ridge
from core.detectors.soft_neighbors import SoftKNN

__all__ = [
    "METHODS",
    "CalibratedEvidence",
    "Detector",
    "Discriminant",
    "Evidence",
    "Features",
    "LogPool",
    "Predictions",
    "Probe",
    "Regions",
    "Ridge",
    "SoftKNN",
    "summarize",
]
