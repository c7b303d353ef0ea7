"""Retargeting: from a human motion to a reference for the Unitree G1."""

from exoactor.retarget.footsteps import StepCfg
from exoactor.retarget.retargeting import Method, RetargetCfg, retarget
from exoactor.retarget.timing import TimingCfg
from exoactor.retarget.wholebody import WholeBodyCfg

__all__ = ["Method", "RetargetCfg", "StepCfg", "TimingCfg", "WholeBodyCfg", "retarget"]
