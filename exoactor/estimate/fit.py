"""Whole-sequence fit of SMPL-X parameters to landmarks: damped Gauss-Newton over all frames at once, in torch.

The first iterations are quadratic, so that far limbs are drawn in; the later ones robust (Geman-McClure), so that
mistaken landmarks let go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from exoactor.estimate.body_torch import Posed, RestBody
from exoactor.estimate.chain_solver import solve_chain
from exoactor.estimate.initial import Reading
from exoactor.estimate.points import LANDMARKS
from exoactor.estimate.residuals import FitCfg, Residuals, State
from exoactor.types import Array, Camera


@dataclass(frozen=True)
class FitResult:
    """What the fit found for T frames.

    Args:
        pose: (T, N_POSE).
        shape: (10,).
        scale: factor on the metric landmarks.
        lean: turn of the metric landmarks towards the camera [rad].
        posed: joints, rotations and points, without derivatives.
        pixel_error: (T, L) reprojection error of the landmarks in sigmas.
        planted: (T, 4) 0..1, sole points taken to be planted.
        iterations: Gauss-Newton steps taken.
        cost: final value.
    """

    pose: Array
    shape: Array
    scale: float
    lean: float
    posed: Posed
    pixel_error: Array
    planted: Array
    iterations: int
    cost: float


class SequenceFit:
    """The fit of one clip.

    Args:
        reading: landmarks put right.
        camera: calibration of the frames.
        body: rest positions of joints and points.
        planted: (T, 4) first guess of which sole points are planted, 0..1.
        cfg: sigmas and schedule.
    """

    def __init__(self, reading: Reading, camera: Camera, body: RestBody, planted: Array, cfg: FitCfg) -> None:
        self.cfg = cfg
        self._problem = Residuals(reading, camera, body, planted, cfg)

    def solve(self, pose: Array, replant: Callable[[Array], Array], on_step: Callable[[float], None]) -> FitResult:
        """Fit, starting from a pose (T, N_POSE).

        Args:
            pose: first guess.
            replant: sole points (T, 4, 3) [m] to planted (T, 4); called between the phases.
            on_step: called with the finished fraction.
        """
        problem, state = self._problem, self._problem.start(pose)
        half = self.cfg.robust_iterations // 2
        phases = ((self.cfg.quadratic_iterations, 0.0), (half, self.cfg.robust), (half, self.cfg.robust))
        total, done, cost = sum(n for n, _ in phases), 0, 0.0
        for steps, robust in phases:
            state, cost, used = self._descend(state, steps, robust, lambda k, base=done: on_step((base + k) / total))  # type: ignore[misc]
            done += used
            problem.planted = torch.as_tensor(replant(problem.posed(state).points[:, len(LANDMARKS) :].numpy()))
        posed = problem.posed(state)
        return FitResult(
            pose=state.pose.numpy(),
            shape=state.shape.numpy(),
            scale=float(state.scale),
            lean=float(state.lean),
            posed=posed,
            pixel_error=problem.pixel_error(posed),
            planted=problem.planted.numpy(),
            iterations=done,
            cost=cost,
        )

    def _descend(
        self, state: State, steps: int, robust: float, on_step: Callable[[int], None]
    ) -> tuple[State, float, int]:
        damping = 1e-3
        cost, system = self._problem.linearized(state, robust)
        for step in range(steps):
            on_step(step)
            improved = False
            for _ in range(4):
                change, whole = solve_chain(system, damping)
                trial = State(
                    state.pose + change, state.shape + whole[:10], state.scale + whole[10], state.lean + whole[11]
                )
                trial_cost, trial_system = self._problem.linearized(trial, robust)
                if trial_cost < cost:
                    improved = True
                    break
                damping *= 10
            if not improved:
                return state, cost, step + 1
            gain = (cost - trial_cost) / cost
            state, cost, system = trial, trial_cost, trial_system
            damping = max(damping / 5, 1e-5)
            if gain < self.cfg.tolerance:
                return state, cost, step + 1
        return state, cost, steps
