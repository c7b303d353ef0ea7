"""Retargeting: from a human motion to a reference for the Unitree G1."""

from exoactor.retarget.carrying import CarryCfg, carry_motion, draw_near_motion
from exoactor.retarget.ducking import DuckCfg, duck_motion
from exoactor.retarget.footsteps import StepCfg
from exoactor.retarget.grasping import GraspCfg, hold_near_motion, pick_motion, place_motion, raised
from exoactor.retarget.held import hand_in_world
from exoactor.retarget.lifting import LiftCfg, lift_motion, put_down_motion
from exoactor.retarget.pushing import PushCfg, brace_motion, shove_motion
from exoactor.retarget.retargeting import METHODS, Method, RetargetCfg, retarget, unknown_method
from exoactor.retarget.seated import SeatedCfg, seated_joints, sit_back_motion, sit_up_motion, tip_forward_motion
from exoactor.retarget.shuffle import shuffle
from exoactor.retarget.sitting import SitCfg, lower_motion, rise_motion
from exoactor.retarget.stepping_over import StepOverCfg, step_over_motion
from exoactor.retarget.sweeping import SweepCfg, sweep_motion
from exoactor.retarget.timing import TimingCfg
from exoactor.retarget.wholebody import WholeBodyCfg
from exoactor.retarget.wiping import WipeCfg, wipe_motion

__all__ = [
    "METHODS",
    "CarryCfg",
    "DuckCfg",
    "GraspCfg",
    "LiftCfg",
    "Method",
    "PushCfg",
    "RetargetCfg",
    "SeatedCfg",
    "SitCfg",
    "StepCfg",
    "StepOverCfg",
    "SweepCfg",
    "TimingCfg",
    "WholeBodyCfg",
    "WipeCfg",
    "brace_motion",
    "carry_motion",
    "draw_near_motion",
    "duck_motion",
    "hand_in_world",
    "hold_near_motion",
    "lift_motion",
    "lower_motion",
    "pick_motion",
    "place_motion",
    "put_down_motion",
    "raised",
    "retarget",
    "rise_motion",
    "seated_joints",
    "shove_motion",
    "shuffle",
    "sit_back_motion",
    "sit_up_motion",
    "step_over_motion",
    "sweep_motion",
    "tip_forward_motion",
    "unknown_method",
    "wipe_motion",
]
