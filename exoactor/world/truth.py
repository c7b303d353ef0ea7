"""What really happens while a motion is tracked, for benchmarks alone: sampled from the simulator beside the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exoactor.types import CONTROL_HZ, Actuation, Array, CatalogueItem, Sensors
from exoactor.world.sim import SimRobot

SAMPLE_HZ = 10


@dataclass
class TruthTrack:
    """True states sampled while a motion is tracked.

    Args:
        hz: samples per second.
        root: x [m], y [m], yaw [rad] of the pelvis per sample.
        hands: {"left", "right"} -> wrist (3,) [m] per sample.
        shoulders: the same for the shoulders.
        lifted: id of a thing -> samples at which the robot alone held it.
        touched: id of a thing -> for how long the robot touched it since the beginning [s].
        palms: (2, 3) left and right palm [m] per sample.
        things: id of a thing -> x, y, z of its underside's centre [m] and quaternion wxyz per sample.
        fallen: the robot lay on the floor at some sample.
        height: of the pelvis per sample [m].
        rests: id of a thing -> (sample, share of the robot's weight on it), hands apart.
        arms_on: samples at which an arm touched a thing.
        touches: samples at which anything of the robot touched a thing.
        lowest: {"left", "right"} -> height of the hand's lowest point per sample [m].
        pressed: how hard the arms press on things per sample [N].
    """

    hz: float
    root: list[Array] = field(default_factory=list)
    hands: dict[str, list[Array]] = field(default_factory=lambda: {"left": [], "right": []})
    shoulders: dict[str, list[Array]] = field(default_factory=lambda: {"left": [], "right": []})
    lifted: dict[str, list[int]] = field(default_factory=dict)
    palms: list[Array] = field(default_factory=list)
    things: dict[str, list[Array]] = field(default_factory=dict)
    fallen: bool = False
    height: list[float] = field(default_factory=list)
    rests: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    arms_on: list[int] = field(default_factory=list)
    touches: list[int] = field(default_factory=list)
    lowest: dict[str, list[float]] = field(default_factory=lambda: {"left": [], "right": []})
    pressed: list[float] = field(default_factory=list)
    touched: dict[str, float] = field(default_factory=dict)

    def add(self, truth: Mapping[str, Any]) -> None:
        """Append one `SimRobot.truth()`."""
        if not self.root:
            self._touched_before = dict(truth["touched"])
        self.touched = {id: s - self._touched_before.get(id, 0.0) for id, s in truth["touched"].items()}
        self.palms.append(np.array([truth["palms"][side] for side in ("left", "right")]))
        for id, thing in truth["objects"].items():
            self.things.setdefault(id, []).append(np.concatenate([thing["position"], thing["quat"]]))
        for id in truth["lifted"]:
            self.lifted.setdefault(id, []).append(len(self.root))
        for id, share in truth["rests"].items():
            self.rests.setdefault(id, []).append((len(self.root), share))
        self.arms_on += [len(self.root)] * bool(truth["arms_on"])
        self.touches += [len(self.root)] * bool(truth["contacts"])
        self.height.append(float(truth["height"]))
        self.pressed.append(float(truth["pressed"]))
        self.root.append(np.array(truth["robot"], float))
        for side in ("left", "right"):
            self.hands[side].append(np.array(truth["hands"][side], float))
            self.shoulders[side].append(np.array(truth["shoulders"][side], float))
            self.lowest[side].append(float(truth["lowest"][side]))
        self.fallen = self.fallen or bool(truth["fallen"])

    def to_arrays(self) -> dict[str, Array]:
        """For an npz file."""
        arrays = {
            "palms": np.array(self.palms),
            "hz": np.array(self.hz),
            "root": np.array(self.root),
            "fallen": np.array(self.fallen),
            "height": np.array(self.height),
            "arms_on": np.array(self.arms_on, int),
            "touches": np.array(self.touches, int),
            "pressed": np.array(self.pressed),
        }
        for side in ("left", "right"):
            arrays[f"hand_{side}"] = np.array(self.hands[side])
            arrays[f"shoulder_{side}"] = np.array(self.shoulders[side])
            arrays[f"lowest_{side}"] = np.array(self.lowest[side])
        for id, samples in self.lifted.items():
            arrays[f"lifted_{id}"] = np.array(samples)
        for id, pairs in self.rests.items():
            arrays[f"rests_{id}"] = np.array(pairs)
        for id, seconds in self.touched.items():
            arrays[f"touched_{id}"] = np.array(seconds)
        for id, poses in self.things.items():
            arrays[f"thing_{id}"] = np.array(poses)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> TruthTrack:
        """Inverse of `to_arrays`."""
        return cls(
            float(arrays["hz"]),
            list(arrays["root"]),
            {side: list(arrays[f"hand_{side}"]) for side in ("left", "right")},
            {side: list(arrays[f"shoulder_{side}"]) for side in ("left", "right")},
            {
                name.removeprefix("lifted_"): [int(k) for k in samples]
                for name, samples in arrays.items()
                if name.startswith("lifted_")
            },
            list(arrays["palms"]),
            {name.removeprefix("thing_"): list(v) for name, v in arrays.items() if name.startswith("thing_")},
            bool(arrays["fallen"]),
            [float(v) for v in arrays["height"]],
            {
                name.removeprefix("rests_"): [(int(k), float(v)) for k, v in pairs]
                for name, pairs in arrays.items()
                if name.startswith("rests_")
            },
            [int(k) for k in arrays["arms_on"]],
            [int(k) for k in arrays["touches"]],
            {side: [float(v) for v in arrays[f"lowest_{side}"]] for side in ("left", "right")},
            [float(v) for v in arrays["pressed"]],
            {n.removeprefix("touched_"): float(v) for n, v in arrays.items() if n.startswith("touched_")},
        )


class TruthRecorder:
    """A `Robot` that passes everything on to the simulated one and writes down what really happens.

    Args:
        robot: the simulated robot.
        on_step: called after every control step.
    """

    def __init__(self, robot: SimRobot, on_step: Callable[[], None] | None = None) -> None:
        self._robot, self._on_step, self._steps = robot, on_step, 0
        self.camera, self.catalogue = robot.camera, robot.catalogue
        self.track = TruthTrack(float(SAMPLE_HZ))
        self.track.add(robot.truth())

    def configure(self, actuation: Actuation) -> None:
        """See `Robot`."""
        self._robot.configure(actuation)

    def sense(self) -> Sensors:
        """See `Robot`."""
        return self._robot.sense()

    def look(self, *, depth: bool = True, plain: bool = False) -> tuple[float, Array, Array]:
        """See `Robot`."""
        return self._robot.look(depth=depth, plain=plain)

    def hold_fingers(self, targets: Array) -> None:
        """See `Robot`."""
        self._robot.hold_fingers(targets)

    def step(self, joint_targets: Array) -> None:
        """See `Robot`."""
        self._robot.step(joint_targets)
        self._steps += 1
        if self._steps % (CONTROL_HZ // SAMPLE_HZ) == 0:
            self.track.add(self._robot.truth())
        if self._on_step is not None:
            self._on_step()


def true_objects(robot: SimRobot) -> dict[str, tuple[CatalogueItem, Array, float]]:
    """Id -> catalogue item, true position (3,) [m] of the underside's centre, true yaw [rad]."""
    found = robot.truth()["objects"]
    return {item.id: (item, found[item.id]["position"], found[item.id]["yaw"]) for item in robot.catalogue}
