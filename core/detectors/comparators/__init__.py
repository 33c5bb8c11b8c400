"""Published scores that ours are compared with; none of them can be chosen."""

from core.detectors.comparators.deep_knn import DEEP_KNN
from core.detectors.comparators.margin import MARGIN
from core.detectors.comparators.selfclean import SELFCLEAN
from core.detectors.comparators.simifeat import SIMIFEAT
from core.detectors.methods import Method

COMPARATORS: dict[str, Method] = {
    method.name: method for method in (DEEP_KNN, SIMIFEAT, SELFCLEAN, MARGIN)
}

__all__ = ["COMPARATORS"]
