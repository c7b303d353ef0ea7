"""The data that flows between the stages, and the protocols of the parts that can be swapped.

World frame: z up, metres, radians, seconds; quaternions wxyz; joints in the order of `G1_JOINTS`.
"""

from exoactor.types.arrays import Array
from exoactor.types.camera import Camera, Observation, Proprioception
from exoactor.types.contact import Contact, ContactKind, Rise, Slide
from exoactor.types.errors import (
    ConfigError,
    ExoActorError,
    Interrupted,
    MissingExtra,
    SafetyStop,
    StageError,
)
from exoactor.types.fingers import FINGER_STATES, Fingers, HandStates
from exoactor.types.human import BODY_JOINTS, GroundedMotion, HumanMotion, trunk_lean
from exoactor.types.passage import Passage
from exoactor.types.protocols import (
    Controller,
    MotionEstimator,
    Perception,
    Progress,
    Robot,
    Verifier,
    VideoModel,
)
from exoactor.types.robot import CONTROL_HZ, G1_JOINTS, HAND_JOINTS, Actuation, Sensors, TrackingCommand
from exoactor.types.robot_motion import RobotMotion, Rollout
from exoactor.types.scene import KINDS, Catalogue, CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.types.targets import HandTargets, PalmTargets, TargetFrame
from exoactor.types.verdict import MOVED_BY_HAND, PASSED, Expectation, ExpectationKind, Outcome, Verdict
from exoactor.types.video import Action, ActionKind, GateResult, ImaginedVideo, ImagineRequest, Piece, Wording

__all__ = [
    "BODY_JOINTS",
    "CONTROL_HZ",
    "FINGER_STATES",
    "G1_JOINTS",
    "HAND_JOINTS",
    "KINDS",
    "MOVED_BY_HAND",
    "PASSED",
    "Action",
    "ActionKind",
    "Actuation",
    "Array",
    "Camera",
    "Catalogue",
    "CatalogueItem",
    "ConfigError",
    "Contact",
    "ContactKind",
    "Controller",
    "ExoActorError",
    "Expectation",
    "ExpectationKind",
    "Fingers",
    "GateResult",
    "GroundedMotion",
    "HandStates",
    "HandTargets",
    "HumanMotion",
    "ImagineRequest",
    "ImaginedVideo",
    "Interrupted",
    "MissingExtra",
    "MotionEstimator",
    "Observation",
    "Outcome",
    "PalmTargets",
    "Passage",
    "Perception",
    "Piece",
    "Pose2D",
    "Progress",
    "Proprioception",
    "Rise",
    "Robot",
    "RobotMotion",
    "Rollout",
    "SafetyStop",
    "Scene",
    "SceneObject",
    "Sensors",
    "Slide",
    "StageError",
    "TargetFrame",
    "TrackingCommand",
    "Verdict",
    "Verifier",
    "VideoModel",
    "Wording",
    "trunk_lean",
]
