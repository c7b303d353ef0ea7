"""RGB-D and calibration to a scene: things with pose and confidence, and the robot."""

from exoactor.perceive.perception import PerceptionCfg, RgbdPerception, own_body

__all__ = ["PerceptionCfg", "RgbdPerception", "own_body"]
