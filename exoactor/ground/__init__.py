"""Grounding: the estimated motion in metres, where the robot and the things really are."""

from exoactor.ground.contacts import find_contact, must_move
from exoactor.ground.fingers import FingersCfg, fingers_of, span_of
from exoactor.ground.gestures import GestureCfg
from exoactor.ground.grounding import GroundCfg, ground
from exoactor.ground.hands import ContactCfg
from exoactor.ground.held import held_at_first, let_drop
from exoactor.ground.passages import PassageCfg, find_passage, must_pass
from exoactor.ground.pushing import find_push
from exoactor.ground.rootpath import RootPath, RootPathCfg, root_path
from exoactor.ground.sitting import SittingCfg, find_sitting, must_sit
from exoactor.ground.target import TargetCfg
from exoactor.ground.wiping import WipingCfg, find_wipe

__all__ = [
    "ContactCfg",
    "FingersCfg",
    "GestureCfg",
    "GroundCfg",
    "PassageCfg",
    "RootPath",
    "RootPathCfg",
    "SittingCfg",
    "TargetCfg",
    "WipingCfg",
    "find_contact",
    "find_passage",
    "find_push",
    "find_sitting",
    "find_wipe",
    "fingers_of",
    "ground",
    "held_at_first",
    "let_drop",
    "must_move",
    "must_pass",
    "must_sit",
    "root_path",
    "span_of",
]
