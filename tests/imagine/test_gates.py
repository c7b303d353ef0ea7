from pathlib import Path

import numpy as np
import pytest

from exoactor.formats.video import probe, read_frames, write_mp4
from exoactor.imagine.defects import DEFECTS, plant
from exoactor.imagine.gates import GateCfg, enforce, run_gates
from exoactor.types import ConfigError, GateResult, ImaginedVideo, ImagineRequest, StageError

Clip = tuple[ImagineRequest, ImaginedVideo]
NAMES = ["decode", "cut", "pan", "freeze", "vanish", "teleport"]


@pytest.mark.parametrize("clip", ["walk", "stand"])
def test_good_clips_pass(clip: str, request: pytest.FixtureRequest) -> None:
    results = run_gates(request.getfixturevalue(clip)[1].path)
    assert [r.name for r in results] == NAMES
    assert all(r.passed for r in results)
    enforce(results)


@pytest.mark.parametrize(
    ("clip", "defect"), [*(("walk", d) for d in DEFECTS), *(("stand", d) for d in ("freeze", "vanish", "teleport"))]
)
def test_planted_defects_are_caught(clip: str, defect: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    video = request.getfixturevalue(clip)[1]
    bad = tmp_path / "bad.mp4"
    plant(video.path, defect, bad, seed=2)
    info, good = probe(bad), probe(video.path)
    assert (info.frames, info.fps, info.width, info.height) == (good.frames, good.fps, good.width, good.height)
    with pytest.raises(StageError) as caught:
        enforce(run_gates(bad))
    assert caught.value.stage == "gate"
    # a vanishing and a jump are both somebody who is suddenly not where they were
    expected = {defect, "vanish", "teleport"} if defect in ("vanish", "teleport") else {defect}
    assert caught.value.code in expected


@pytest.mark.parametrize(("pictures", "vanishes"), [(1, True), (3, False)])
def test_what_changes_in_one_picture_alone_has_vanished(tmp_path: Path, pictures: int, vanishes: bool) -> None:
    """A dark block is elsewhere all at once, or swings there as a leg does, in three pictures of their own."""
    frames = []
    for index in range(40):
        frame = np.random.default_rng(3).integers(120, 160, (240, 320, 3)).astype(np.uint8)
        at = 100 + 24 * np.clip(index - 19, 0, pictures) // pictures
        frame[90:180, at : at + 24] = 20
        frames.append(frame)
    write_mp4(tmp_path / "clip.mp4", frames, 25.0)
    results = {result.name: result.passed for result in run_gates(tmp_path / "clip.mp4")}
    assert (results["vanish"] and results["teleport"]) is not vanishes


def test_planting_may_replace_the_clip(stand: Clip, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(stand[1].path.read_bytes())
    plant(clip, "freeze", clip, seed=0)
    assert "freeze" in [r.name for r in run_gates(clip) if not r.passed]


def test_names_and_metadata_do_not_matter(stand: Clip, tmp_path: Path) -> None:
    copy = tmp_path / "anything.mkv.mp4"
    write_mp4(copy, read_frames(stand[1].path), 25)
    assert all(r.passed for r in run_gates(copy))


def test_a_still_picture_and_a_too_short_clip_fail(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    write_mp4(tmp_path / "still.mp4", [noise] * 40, 25)
    failed = [r.name for r in run_gates(tmp_path / "still.mp4") if not r.passed]
    assert failed == ["freeze"]
    write_mp4(tmp_path / "short.mp4", [noise] * 5, 25)
    assert [(r.name, r.passed) for r in run_gates(tmp_path / "short.mp4")] == [("decode", False)]


def test_enforce_names_the_first_failure() -> None:
    results = [
        GateResult("cut", True, 0, 1, ""),
        GateResult("pan", False, 3.2, 1, "% of width", 12),
        GateResult("freeze", False, 1, 0.25, ""),
    ]
    with pytest.raises(StageError, match=r"gate: pan \(3.2 % of width, at most 1 allowed at frame 12\)"):
        enforce(results)


def test_bad_files_and_unknown_defects(tmp_path: Path, stand: Clip) -> None:
    cut_off = tmp_path / "cut.mp4"
    cut_off.write_bytes(stand[1].path.read_bytes()[:5000])
    with pytest.raises(ConfigError):
        run_gates(cut_off)
    with pytest.raises(ConfigError, match="cut, pan, freeze, vanish, teleport"):
        plant(stand[1].path, "sparkle", tmp_path / "x.mp4", 0)
    assert GateCfg().freeze < 0.4
