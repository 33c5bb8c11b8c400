"""Detectors: class probabilities of every item that its own label had no part in."""

from core.detectors.base import Detector, Features
from core.detectors.discriminant import Discriminant
from core.detectors.neighbors import SoftKNN
from core.detectors.pool import LogPool
from core.detectors.probe import Probe

__all__ = ["Detector", "Discriminant", "Features", "LogPool", "Probe", "SoftKNN"]
