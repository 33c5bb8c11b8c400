"""Detectors: class probabilities of every item that its own label had no part in."""

from core.detectors.base import Detector, Evidence, Features
from core.detectors.calibration import Calibrated
from core.detectors.discriminant import Discriminant
from core.detectors.methods import METHODS
from core.detectors.neighbors import SoftKNN
from core.detectors.opinions import summarise
from core.detectors.pool import LogPool
from core.detectors.predictions import Predictions
from core.detectors.probe import Probe
from core.detectors.regions import Regions
from core.detectors.ridge import Ridge

__all__ = [
    "METHODS",
    "Calibrated",
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
    "summarise",
]
