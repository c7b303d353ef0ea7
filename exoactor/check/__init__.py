"""Whether a subtask is done, by vision: done, not done, or cannot tell, with the measured quantity and pictures."""

from exoactor.check.cfg import CheckCfg
from exoactor.check.verifier import GeometricVerifier

__all__ = ["CheckCfg", "GeometricVerifier"]
