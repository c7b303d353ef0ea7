"""What a fit of SMPL-X parameters to landmarks minimises, and the normal equations of one Gauss-Newton step.

Each over its own sigma: reprojection of the landmarks; their metric positions about the hips, in one unknown scale;
soles on the floor and, while they are planted, at rest; second differences in time; a prior and limits of the joints;
the body's shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from exoactor.estimate.arms import ARMS, arm_trust, hanging
from exoactor.estimate.body_torch import DOFS, N_POSE, Kinematics, Posed, RestBody
from exoactor.estimate.calibration import calibration, harmonics, pitch
from exoactor.estimate.chain_solver import ChainSystem
from exoactor.estimate.initial import Reading
from exoactor.estimate.points import INDICES, LANDMARKS, ROW
from exoactor.types import Array, Camera

_HIPS = (ROW[23], ROW[24])
_N = len(LANDMARKS)


@dataclass(frozen=True)
class FitCfg:
    """Sigmas of the residuals and the schedule.

    Args:
        quadratic_iterations: steps before the loss becomes robust.
        robust_iterations: steps after that.
        tolerance: relative decrease of the cost below which a phase ends.
        pixel: factor on the calibrated scatter of the landmarks in the picture.
        metric: factor on the calibrated scatter of the metric landmarks.
        robust: Geman-McClure factor; a residual of 1 / sqrt(robust) sigma has a quarter of its weight.
        place_rate: of the pelvis's second difference [m/s^2].
        turn_rate: of the pelvis's angles' second difference [rad/s^2].
        limb_rate: of the joint angles' second difference [rad/s^2].
        floor: of the height of a planted sole [m].
        sink: of the depth of a sole below the floor [m].
        slide: of the speed of a planted sole [m/s].
        prior: factor on the spreads of the joint angles; smaller holds tighter.
        unseen: of the angles of an arm that is not seen [rad].
        tilt: of the pelvis's pitch and roll [rad]; people are mostly upright.
        limit: of an angle beyond its limit [rad].
        shape: of the shape coefficients.
    """

    quadratic_iterations: int = 8
    robust_iterations: int = 14
    tolerance: float = 2e-4
    pixel: float = 1.5
    metric: float = 3.0
    robust: float = 0.15
    place_rate: float = 4.0
    turn_rate: float = 30.0
    limb_rate: float = 90.0
    floor: float = 0.015
    sink: float = 0.01
    slide: float = 0.15
    prior: float = 3.0
    unseen: float = 0.5
    tilt: float = 0.1
    limit: float = 0.05
    shape: float = 1.0


@dataclass
class State:
    """The unknowns: pose (T, N_POSE), shape (10,), scale and lean of the metric landmarks."""

    pose: Tensor
    shape: Tensor
    scale: Tensor
    lean: Tensor


class Residuals:
    """The least-squares problem of one clip.

    Args:
        reading: landmarks put right.
        camera: calibration of the frames.
        body: rest positions of joints and points.
        planted: (T, 4) first guess of which sole points are planted, 0..1.
        cfg: sigmas and schedule.
    """

    def __init__(self, reading: Reading, camera: Camera, body: RestBody, planted: Array, cfg: FitCfg) -> None:
        def tensor(values: Array) -> Tensor:
            return torch.as_tensor(np.array(values, dtype=float))

        track, known = reading.track, calibration()
        self.cfg = cfg
        self.fps = track.fps
        self._kinematics = Kinematics(body)
        habit = harmonics(reading.view_angle)
        size = track.region[:, 2, None]
        shift = np.einsum("lch,th->tlc", known.pixel_shift, habit) * size[..., None]
        self._xy = tensor(track.xy[:, INDICES] - shift)
        seen = np.clip(track.weight[:, INDICES], 0.03, 1.0) * track.found[:, None]
        trust = _landmark_trust(arm_trust(track.weight))
        self._pixel_weight = tensor(trust * seen / (cfg.pixel * known.pixel_sigma * size) ** 2)
        metric = np.einsum("tij,tkj->tki", reading.axes, reading.metric[:, INDICES])
        self._metric = tensor(metric - metric[:, _HIPS].mean(1, keepdims=True))
        self._metric_shift = tensor(_metric_shift(known.metric_shift, habit, hanging(reading.metric)))
        self._metric_weight = tensor((trust * track.found[:, None])[..., None] / (cfg.metric * known.metric_sigma) ** 2)
        self._axes = tensor(reading.axes)
        self._scale_prior = known.scale
        self._lean_prior = (known.lean[0] + known.lean[1] * pitch(track.region[:, :2], camera), known.lean[2])
        self._rotation, self._position = tensor(camera.rotation), tensor(camera.position)
        self._focal = tensor(np.diag(camera.intrinsics)[:2])
        self._centre = tensor(camera.intrinsics[:2, 2])
        self.planted = tensor(planted)
        self._rest = tensor(np.array([d.rest for d in DOFS]))
        spread = cfg.prior * np.array([d.spread for d in DOFS])
        self._prior_weight = tensor(spread**-2 + _unseen(arm_trust(track.weight)) / cfg.unseen**2)
        self._low, self._high = tensor(np.array([d.low for d in DOFS])), tensor(np.array([d.high for d in DOFS]))
        rates = [cfg.place_rate] * 3 + [cfg.turn_rate] * 3 + [cfg.limb_rate] * len(DOFS)
        self._rate_weight = tensor((self.fps**2 / np.array(rates)) ** 2)

    def start(self, pose: Array) -> State:
        """The unknowns before the first step, from a pose (T, N_POSE)."""
        return State(
            torch.as_tensor(pose.copy()),
            torch.zeros(10, dtype=torch.float64),
            torch.tensor(self._scale_prior[0], dtype=torch.float64),
            torch.tensor(self._lean_prior[0], dtype=torch.float64),
        )

    def posed(self, state: State) -> Posed:
        """Joints, rotations and points, without derivatives."""
        return self._kinematics(state.pose, state.shape, jacobian=False)

    def pixel_error(self, posed: Posed) -> Array:
        """(T, L) reprojection error of the landmarks in sigmas."""
        error = self._pixel_residual(posed)[0].pow(2).sum(-1) * self._pixel_weight
        return np.asarray(error.sqrt().numpy())

    def _pixel_residual(self, posed: Posed) -> tuple[Tensor, Tensor, Tensor]:
        local = (posed.points[:, :_N] - self._position) @ self._rotation
        depth = local[..., 2:].clamp(min=0.2)
        flat = local[..., :2] / depth
        return flat * self._focal + self._centre - self._xy, flat, depth

    def _leant(self, lean: Tensor) -> tuple[Tensor, Tensor]:
        """Metric landmarks turned by `lean` about the view's right, and their derivative; all in view axes."""
        right, forward, up = self._metric.unbind(-1)
        c, s = lean.cos(), lean.sin()
        turned = torch.stack([right, c * forward - s * up, s * forward + c * up], -1)
        slope = torch.stack([0 * right, -s * forward - c * up, c * forward - s * up], -1)
        return turned, slope

    def linearized(self, state: State, robust: float) -> tuple[float, ChainSystem]:
        """Cost, and the normal equations of its Gauss-Newton step."""
        posed = self._kinematics(state.pose, state.shape)
        frames = len(state.pose)
        by_pose = posed.by_pose
        by_shape = torch.cat([posed.by_shape, torch.zeros(*posed.by_shape.shape[:3], 2, dtype=torch.float64)], -1)
        rows: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []  # residual, weight, by pose, by whole clip

        residual, flat, depth = self._pixel_residual(posed)
        onto = (
            self._focal[:, None] / depth[..., None] * (self._rotation.T[:2] - flat[..., None] * self._rotation.T[2])
        )  # (T, L, 2, 3) pixels by world position
        weight, cost = _robust(residual.pow(2).sum(-1) * self._pixel_weight, robust, self._pixel_weight)
        rows.append((residual, weight[..., None].expand_as(residual), onto @ by_pose[:, :_N], onto @ by_shape[:, :_N]))

        hips = posed.points[:, _HIPS].mean(1, keepdim=True)
        metric, leaning = self._leant(state.lean)
        axes = self._axes[:, None]
        relative = ((posed.points[:, :_N] - hips)[..., None, :] @ axes.mT)[..., 0, :]
        residual = relative - state.scale * metric + self._metric_shift
        pose_rows = axes @ (by_pose[:, :_N] - by_pose[:, _HIPS].mean(1, keepdim=True))
        whole_rows = axes @ (by_shape[:, :_N] - by_shape[:, _HIPS].mean(1, keepdim=True))
        whole_rows[..., 10] = -metric
        whole_rows[..., 11] = -state.scale * leaning
        squared = (residual.pow(2) * self._metric_weight).sum(-1)
        soft, more = _robust(squared, robust, torch.ones_like(squared))
        cost += more
        rows.append((residual, soft[..., None] * self._metric_weight, pose_rows, whole_rows))

        height = posed.points[:, _N:, 2]
        floor_weight = self.planted / self.cfg.floor**2 + (height < 0) * (1 / self.cfg.sink**2)
        cost += float((floor_weight * height**2).sum())
        rows.append((height, floor_weight, by_pose[:, _N:, 2], by_shape[:, _N:, 2]))

        def flatten(part: Tensor) -> Tensor:
            return part.reshape(frames, -1, part.shape[-1])

        r = torch.cat([row[0].reshape(frames, -1) for row in rows], 1)
        w = torch.cat([row[1].reshape(frames, -1) for row in rows], 1)
        jp, jw = torch.cat([flatten(row[2]) for row in rows], 1), torch.cat([flatten(row[3]) for row in rows], 1)
        weighted = (jp * w[..., None]).transpose(1, 2)
        diagonal, border = weighted @ jp, weighted @ jw
        right = -(weighted @ r[..., None])[..., 0]
        weighted_whole = jw * w[..., None]
        corner = torch.einsum("trg,trh->gh", weighted_whole, jw)
        corner_right = -torch.einsum("trg,tr->g", weighted_whole, r)

        next1, more = self._slide(posed, by_pose, by_shape, diagonal, border, right, corner, corner_right)
        cost += more
        next2, more = self._smooth(state.pose, diagonal, next1, right)
        cost += more
        cost += self._priors(state, diagonal, right, corner, corner_right)
        return cost, ChainSystem(diagonal, next1, next2, border, corner, right, corner_right)

    def _slide(
        self,
        posed: Posed,
        by_pose: Tensor,
        by_shape: Tensor,
        diagonal: Tensor,
        border: Tensor,
        right: Tensor,
        corner: Tensor,
        corner_right: Tensor,
    ) -> tuple[Tensor, float]:
        """Planted soles do not move; adds to the system and returns the blocks between neighbouring frames."""
        soles, jp, jw = posed.points[:, _N:], by_pose[:, _N:].flatten(1, 2), by_shape[:, _N:].flatten(1, 2)
        residual = (soles[1:] - soles[:-1]).flatten(1)
        both = torch.minimum(self.planted[1:], self.planted[:-1])
        w = (both * (self.fps / self.cfg.slide) ** 2).repeat_interleave(3, dim=1)
        after, before, whole = jp[1:], jp[:-1], jw[1:] - jw[:-1]
        wa, wb = (after * w[..., None]).transpose(1, 2), (before * w[..., None]).transpose(1, 2)
        diagonal[1:] += wa @ after
        diagonal[:-1] += wb @ before
        border[1:] += wa @ whole
        border[:-1] -= wb @ whole
        right[1:] -= (wa @ residual[..., None])[..., 0]
        right[:-1] += (wb @ residual[..., None])[..., 0]
        ww = whole * w[..., None]
        corner += torch.einsum("trg,trh->gh", ww, whole)
        corner_right -= torch.einsum("trg,tr->g", ww, residual)
        return -(wa @ before), float((w * residual**2).sum())

    def _smooth(self, pose: Tensor, diagonal: Tensor, next1: Tensor, right: Tensor) -> tuple[Tensor, float]:
        """Second differences of the pose; adds to the system and returns the blocks two frames apart."""
        second = pose[2:] - 2 * pose[1:-1] + pose[:-2]
        w = self._rate_weight
        frames = len(pose)
        count = torch.zeros(frames, dtype=torch.float64)
        count[2:] += 1
        count[1:-1] += 4
        count[:-2] += 1
        diagonal.diagonal(dim1=1, dim2=2).add_(count[:, None] * w)
        beside = torch.zeros(frames - 1, dtype=torch.float64)
        beside[1:] -= 2
        beside[:-1] -= 2
        next1.diagonal(dim1=1, dim2=2).add_(beside[:, None] * w)
        right[2:] -= w * second
        right[1:-1] += 2 * w * second
        right[:-2] -= w * second
        return w.expand(frames - 2, N_POSE), float((w * second**2).sum())

    def _priors(self, state: State, diagonal: Tensor, right: Tensor, corner: Tensor, corner_right: Tensor) -> float:
        angles = state.pose[:, 6:]
        off = angles - self._rest
        beyond = angles - angles.clamp(self._low, self._high)
        w, stiff = self._prior_weight, self.cfg.limit**-2
        spread = diagonal.diagonal(dim1=1, dim2=2)
        spread[:, 6:] += w + (beyond != 0) * stiff
        right[:, 6:] -= w * off + stiff * beyond
        tilt = state.pose[:, [3, 5]]
        spread[:, [3, 5]] += self.cfg.tilt**-2
        right[:, [3, 5]] -= tilt * self.cfg.tilt**-2
        # the whole clip's unknowns must not drown in the number of frames: landmark errors last for many frames
        share = 0.1 * len(angles)
        corner.diagonal()[:10] += share / self.cfg.shape**2
        corner_right[:10] -= state.shape * share / self.cfg.shape**2
        cost = share * ((state.shape / self.cfg.shape) ** 2).sum()
        for row, value, (mean, sigma) in (
            (10, state.scale, self._scale_prior),
            (11, state.lean, self._lean_prior),
        ):
            corner.diagonal()[row] += share / sigma**2
            corner_right[row] -= (value - mean) * share / sigma**2
            cost = cost + share * ((value - mean) / sigma) ** 2
        return float(cost + (w * off**2).sum() + stiff * (beyond**2).sum() + (tilt**2).sum() / self.cfg.tilt**2)


def _landmark_trust(arms: Array) -> Array:
    """(T, L) factor on the weights: that of the arm (T, 2) for what hangs on it, 1 elsewhere."""
    trust = np.ones((len(arms), _N))
    for side, arm in enumerate(ARMS):
        trust[:, [ROW[index] for index in arm[1:]]] = np.maximum(arms[:, side, None], 1e-3)
    return trust


def _unseen(arms: Array) -> Array:
    """(T, angles) 1 for the angles of an arm that is not seen, 0 where trust (T, 2) is full."""
    unseen = np.zeros((len(arms), len(DOFS)))
    for column, dof in enumerate(DOFS):
        side, _, part = dof.joints[0].partition("_")
        if part in ("shoulder", "elbow", "wrist"):
            unseen[:, column] = 1 - arms[:, 0 if side == "left" else 1]
    return unseen


def _metric_shift(table: Array, habit: Array, hanging_arms: Array) -> Array:
    """(T, L, 3) known error of the metric landmarks [m]; that of a raised arm is its shoulder's.

    The table comes from arms that mostly hang, so it says nothing about hands held up.
    """
    shift = np.einsum("lch,th->tlc", table, habit)
    for side, arm in enumerate(ARMS):
        share = hanging_arms[:, side, None]
        for index in arm[1:]:
            row = ROW[index]
            shift[:, row] = share * shift[:, row] + (1 - share) * shift[:, ROW[arm[0]]]
    return np.asarray(shift)


def _robust(squared: Tensor, factor: float, weight: Tensor) -> tuple[Tensor, float]:
    """Weights of the reweighted step, and the cost, of squared residuals in sigmas."""
    soft = 1 + factor * squared
    return weight / soft**2, float((squared / soft).sum())
