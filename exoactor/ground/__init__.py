"""Grounding: the estimated motion in metres, where the robot and the things really are."""

from exoactor.ground.contacts import ContactCfg, find_contact, held_at_first, must_move
from exoactor.ground.gestures import GestureCfg
from exoactor.ground.grounding import GroundCfg, ground
from exoactor.ground.passages import PassageCfg, find_passage, must_pass
from exoactor.ground.rootpath import RootPath, RootPathCfg, root_path
from exoactor.ground.target import TargetCfg

__all__ = [
    "ContactCfg",
    "GestureCfg",
    "GroundCfg",
    "PassageCfg",
    "RootPath",
    "RootPathCfg",
    "TargetCfg",
    "find_contact",
    "find_passage",
    "ground",
    "held_at_first",
    "must_move",
    "must_pass",
    "root_path",
]
