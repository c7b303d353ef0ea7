"""Retargeting: from a human motion to a reference for the Unitree G1."""

from exoactor.retarget.footsteps import StepCfg
from exoactor.retarget.retargeting import METHODS, Method, RetargetCfg, retarget, unknown_method
from exoactor.retarget.timing import TimingCfg
from exoactor.retarget.wholebody import WholeBodyCfg

__all__ = ["METHODS", "Method", "RetargetCfg", "StepCfg", "TimingCfg", "WholeBodyCfg", "retarget", "unknown_method"]
