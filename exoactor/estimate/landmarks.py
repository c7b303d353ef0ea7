"""Following one person's landmarks through a clip: one detector call a clip, more only after a loss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exoactor.estimate.networks import Detection, LandmarkNetwork, PersonDetector, PoseReading, Region
from exoactor.types import Array, StageError

NOSE, LEFT_EYE, RIGHT_EYE, LEFT_EAR, RIGHT_EAR = 0, 2, 5, 7, 8
LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 11, 12, 13, 14, 15, 16
LEFT_PINKY, RIGHT_PINKY, LEFT_INDEX, RIGHT_INDEX = 17, 18, 19, 20
LEFT_HIP, RIGHT_HIP, LEFT_KNEE, RIGHT_KNEE, LEFT_ANKLE, RIGHT_ANKLE = 23, 24, 25, 26, 27, 28
LEFT_HEEL, RIGHT_HEEL, LEFT_TOE, RIGHT_TOE = 29, 30, 31, 32

MIRROR = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(k + 1 if k % 2 else k - 1 for k in range(11, 33))]
)  # fmt: skip
"""(33,) landmark on the other side of the body."""


_SETTLING = 8  # most readings of one frame until the region reproduces itself


@dataclass(frozen=True)
class TrackCfg:
    """When a person counts as found, lost or cut off.

    Args:
        detect_score: least detector score of somebody who counts as a person at once.
        faint_score: least detector score of the only person in the picture; far people score low.
        person_score: least score of the landmark network; below it the person is lost in that frame.
        lost_share: share of frames without the person above which the clip is refused.
        cut_share: share of frames with head or feet outside the picture above which the clip is refused.
        cut_margin: how far outside the picture a landmark may lie, as a share of the picture's height.
        people_looks: frames in which people are counted, spread over the clip, the first among them.
    """

    detect_score: float = 0.5
    faint_score: float = 0.15
    person_score: float = 0.5
    lost_share: float = 0.2
    cut_share: float = 0.2
    cut_margin: float = 0.01
    people_looks: int = 3


@dataclass(frozen=True)
class LandmarkTrack:
    """Landmarks of one person over a clip of T frames.

    Args:
        fps: frames per second.
        size: width, height of the frames [px].
        found: (T,) bool; rows of frames without the person hold copies of the nearest frame with weight 0.
        xy: (T, 33, 2) picture coordinates [px].
        weight: (T, 33) visibility times presence, 0..1.
        world: (T, 33, 3) metric landmarks about the hips, camera axes turned towards `region` [m].
        region: (T, 3) middle x, y and side of the region that was read [px].
        detector_calls: how often the detector ran for tracking.
    """

    fps: float
    size: tuple[int, int]
    found: Array
    xy: Array
    weight: Array
    world: Array
    region: Array
    detector_calls: int

    def __len__(self) -> int:
        return len(self.xy)


class LandmarkTracker:
    """Follows the one person of a clip.

    Args:
        detector: pose_detection.tflite.
        landmarks: pose_landmark_full.tflite.
        cfg: thresholds.
    """

    def __init__(self, detector: Path, landmarks: Path, cfg: TrackCfg | None = None) -> None:
        self.cfg = cfg or TrackCfg()
        self._detector = PersonDetector(detector)
        self._landmarks = LandmarkNetwork(landmarks)

    def track(self, frames: Iterable[Array], count: int, fps: float) -> LandmarkTrack:
        """Landmarks of every frame.

        Args:
            frames: (H, W, 3) uint8 pictures.
            count: how many there are.
            fps: their rate [1/s].

        Raises:
            StageError: estimate/no_person, several_people, lost_person or cut_off_person.
        """
        looks = set(np.linspace(0, count - 1, self.cfg.people_looks).astype(int).tolist())
        region: Region | None = None
        readings: list[PoseReading | None] = []
        regions: list[Region] = []
        size, calls = (0, 0), 0
        for index, rgb in enumerate(frames):
            size = (rgb.shape[1], rgb.shape[0])
            people = self.people(rgb) if index in looks else None
            if region is None:
                calls += 1
                if people is None:
                    people = self.people(rgb)
                region = self._settled(rgb, people[0].region) if people else None
            reading = None if region is None else self._landmarks(rgb, region)
            if reading is None or region is None or reading.person < self.cfg.person_score:
                readings.append(None)
                region = None
                continue
            readings.append(reading)
            regions.append(region)
            region = reading.following
        track = _stacked(readings, regions, size, fps, calls, self.cfg.lost_share)
        self._refuse_cut_off(track)
        return track

    def people(self, rgb: Array) -> list[Detection]:
        """People in a picture, each confirmed by the landmark network, largest score first.

        Raises:
            StageError: estimate/several_people.
        """
        confirmed: list[tuple[Detection, Array]] = []
        for candidate in self._candidates(rgb):
            if confirmed and candidate.score < self.cfg.detect_score:
                break
            reading = self._landmarks(rgb, candidate.region)
            if reading.person < self.cfg.person_score:
                continue
            trunk = reading.xy[[LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP]]
            # two regions that read the same trunk are one person
            apart = 0.1 * candidate.region.size
            if all(np.linalg.norm(trunk - other, axis=1).mean() > apart for _, other in confirmed):
                confirmed.append((candidate, trunk))
        if len(confirmed) > 1:
            raise StageError(
                "estimate", "several_people", f"{len(confirmed)} people are in the picture; one is wanted."
            )
        return [candidate for candidate, _ in confirmed]

    def _settled(self, rgb: Array, region: Region) -> Region:
        """The region that reproduces itself; the detector's own is often so far off that the legs are misread."""
        for _ in range(_SETTLING):
            reading = self._landmarks(rgb, region)
            if reading.person < self.cfg.person_score:
                break
            before, region = region, reading.following
            if np.hypot(region.x - before.x, region.y - before.y) + abs(region.size - before.size) < 0.02 * before.size:
                break
        return region

    def _candidates(self, rgb: Array) -> list[Detection]:
        """Detections best first; a picture in which nobody is near is searched again in enlarged parts."""
        found = self._detector(rgb, self.cfg.faint_score)
        if not found or found[0].score < self.cfg.detect_score:
            height, width = rgb.shape[:2]
            side = 0.6 * max(width, height)
            for x in np.linspace(side / 2, width - side / 2, 3) if width > side else [width / 2]:
                part = Region(float(x), height / 2, side, 0.0)
                found += self._detector(rgb, self.cfg.faint_score, part)
        return sorted(found, key=lambda d: -d.score)

    def _refuse_cut_off(self, track: LandmarkTrack) -> None:
        width, height = track.size
        margin = self.cfg.cut_margin * height
        ends = track.xy[:, [NOSE, LEFT_HEEL, RIGHT_HEEL, LEFT_TOE, RIGHT_TOE]]
        outside = np.asarray(((ends < -margin) | (ends > np.array([width, height]) + margin)).any(-1))
        cut = (outside[:, 0] | outside[:, 1:].all(1) | (outside[:, 1:].sum(1) >= 2)) & track.found
        last = cut[-max(2, round(0.3 * track.fps)) :]
        if cut.sum() > self.cfg.cut_share * track.found.sum() or last.mean() > 0.5:
            raise StageError(
                "estimate",
                "cut_off_person",
                f"head or feet are outside the picture in {cut.sum()} of {len(track)} frames; "
                "the whole person must be seen, above all at the end.",
            )


def _stacked(
    readings: list[PoseReading | None],
    regions: list[Region],
    size: tuple[int, int],
    fps: float,
    calls: int,
    lost_share: float,
) -> LandmarkTrack:
    """One track from the readings; raises if the person is in too few of them."""
    seen = [r for r in readings if r is not None]
    if not seen:
        raise StageError("estimate", "no_person", f"no person was found in any of {len(readings)} frames.")
    found = np.array([r is not None for r in readings])
    if found.mean() < 1.0 - lost_share:
        raise StageError("estimate", "lost_person", f"the person was lost in {(~found).sum()} of {len(found)} frames.")
    position = np.cumsum(found) - 1
    frames = np.flatnonzero(found)
    nearest = np.array([int(np.argmin(np.abs(frames - t))) for t in range(len(found))])
    pick = np.where(found, position, nearest)
    weight = np.stack([r.visibility * r.presence for r in seen])[pick]
    weight[~found] = 0.0
    return LandmarkTrack(
        fps=fps,
        size=size,
        found=found,
        xy=np.stack([r.xy for r in seen])[pick],
        weight=weight,
        world=np.stack([r.world for r in seen])[pick],
        region=np.array([[r.x, r.y, r.size] for r in regions])[pick],
        detector_calls=calls,
    )
