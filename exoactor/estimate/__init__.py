"""From a clip to the SMPL-X motion of the person in it."""

from exoactor.estimate.estimator import EstimateCfg, LandmarkEstimator

__all__ = ["EstimateCfg", "LandmarkEstimator"]
