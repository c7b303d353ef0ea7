"""Where the robot is, however it stands: near where it believes to be, by a search of the room, or seated."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from exoactor.perceive.body import PosedBody, RobotBody
from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import Fix, LocateCfg, align, near
from exoactor.perceive.search import SearchCfg, find_robot, quality
from exoactor.perceive.seated import SeatLook, folded, refined, seated_fix
from exoactor.types import Observation, Pose2D


@dataclass(frozen=True)
class FixCfg:
    """Tunables.

    Args:
        least: fixes of a lower quality are not believed.
        sure: fixes below this are tried again from another start.
        sure_on_the_way: the same while the robot moves, where another look follows soon.
        gate: a fix further than this from the prior is not believed [m, rad].
        search: of the whole room.
        locate: of the alignment.
    """

    least: float = 0.45
    sure: float = 0.7
    sure_on_the_way: float = 0.6
    gate: tuple[float, float] = (0.45, 0.8)
    search: SearchCfg = field(default_factory=SearchCfg)
    locate: LocateCfg = field(default_factory=LocateCfg)


class Fixes:
    """Fixes of the robot from points that may be its own.

    Args:
        body: its surface.
        cfg: tunables.
        rng: picks points.
    """

    def __init__(self, body: RobotBody, cfg: FixCfg, rng: np.random.Generator) -> None:
        self.body, self.cfg, self._rng = body, cfg, rng

    def anywhere(self, cloud: Cloud, observation: Observation, prior: Pose2D | None) -> tuple[Fix | None, PosedBody]:
        """A fix near the prior if there is one, else by global search; and the body as posed for it."""
        if prior is not None:
            fix, body = self.near(cloud, observation, prior, self.cfg.sure)
            if fix is not None:
                return fix, body
        tried: list[tuple[Fix | None, PosedBody]] = []
        for upright in (False, True):
            body = self.body.posed(observation.proprioception.joint_pos, upright=upright)
            fix = find_robot(cloud, body, observation, self.cfg.search, self._rng)
            tried.append((fix, body))
            if fix is not None and quality(fix) >= self.cfg.sure:
                break
        fix, body = max(tried, key=lambda pair: -1.0 if pair[0] is None else quality(pair[0]))
        return self._believed(fix), body

    def search(self, cloud: Cloud, observation: Observation, body: PosedBody) -> Fix | None:
        """A fix by global search alone."""
        return self._believed(find_robot(cloud, body, observation, self.cfg.search, self._rng))

    def near(self, cloud: Cloud, observation: Observation, prior: Pose2D, sure: float) -> tuple[Fix | None, PosedBody]:
        """The better of the postures levelled by the soles and upright; the second only if the first is doubtful.

        In mid-step, heel or toe up, the soles say little about the trunk.
        """
        joints = observation.proprioception.joint_pos
        best: Fix | None = None
        body = chosen = self.body.posed(joints)
        for upright in (False, True):
            body = self.body.posed(joints, upright=True) if upright else body
            fix = self._aligned(cloud, body, observation, prior, sure)
            if fix is not None and (best is None or quality(fix) > quality(best)):
                best, chosen = fix, body
            if best is not None and quality(best) >= sure:
                break
        tilt = observation.proprioception.roll_pitch
        if tilt is not None and folded(joints) and (best is None or quality(best) < sure):
            sitting = seated_fix(self.body, joints, tilt, lambda b: self._aligned(cloud, b, observation, prior, sure))
            if sitting is not None and (best is None or quality(sitting[0]) > quality(best)):
                best, chosen = sitting[:2]
        best = self._believed(best)
        return (best if best is not None and best.pose.is_near(prior, *self.cfg.gate) else None), chosen

    def seated(self, cloud: Cloud, observation: Observation, prior: Pose2D) -> SeatLook | None:
        """Where its pelvis is in space, whatever carries it; None without a gyroscope or if too little is seen."""
        felt = observation.proprioception
        if felt.roll_pitch is None:
            return None
        found = seated_fix(
            self.body,
            felt.joint_pos,
            felt.roll_pitch,
            lambda body: self._aligned(cloud, body, observation, prior, self.cfg.sure),
        )
        if found is None or quality(found[0]) < self.cfg.least:
            return None
        return refined(self.body, found, cloud, observation, self.cfg.locate)

    def _believed(self, fix: Fix | None) -> Fix | None:
        return fix if fix is not None and quality(fix) >= self.cfg.least else None

    def _aligned(
        self, cloud: Cloud, body: PosedBody, observation: Observation, prior: Pose2D, sure: float
    ) -> Fix | None:
        """Alignment from the prior and, if that is doubtful, from the middle of what stands there."""
        locate = self.cfg.locate
        points = near(cloud.points, prior, locate, self._rng)
        fix = align(body, points, observation.camera, prior, observation.depth, locate)
        if (fix is None or quality(fix) < sure) and len(points) > 40:
            # The prior may be a foot's length off: begin at the middle of what stands there instead.
            middle = np.median(points[points[:, 2] > 0.3, :2], axis=0) if (points[:, 2] > 0.3).any() else prior.xy
            away = middle - observation.camera.position[:2]
            middle = middle + 0.05 * away / np.linalg.norm(away)
            for turn in (0.0, 0.3, -0.3):
                start = Pose2D(float(middle[0]), float(middle[1]), prior.yaw + turn)
                again = align(body, points, observation.camera, start, observation.depth, locate)
                if again is not None and (fix is None or quality(again) > quality(fix)):
                    fix = again
                if fix is not None and quality(fix) >= sure:
                    break
        return fix
