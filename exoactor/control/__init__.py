"""Controllers that make the robot follow a motion, and what they need: estimation, feedback, the tracking loop."""

from exoactor.control.bundle import Bundle, load_bundle
from exoactor.control.estimator import EstimatorCfg, StateEstimator
from exoactor.control.execute import TrackCfg, track
from exoactor.control.playback import SettleCfg
from exoactor.control.qp import QPController
from exoactor.control.standing import stand, standing_pose
from exoactor.control.student import StudentController
from exoactor.control.teacher import OnnxTeacher

__all__ = [
    "Bundle",
    "EstimatorCfg",
    "OnnxTeacher",
    "QPController",
    "SettleCfg",
    "StateEstimator",
    "StudentController",
    "TrackCfg",
    "load_bundle",
    "stand",
    "standing_pose",
    "track",
]
