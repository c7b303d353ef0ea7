from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoactor.formats.video import VideoWriter, probe, read_frames, write_mp4
from exoactor.types import ConfigError


def moving_square(count: int, width: int = 96, height: int = 64) -> list[np.ndarray]:
    frames = []
    for i in range(count):
        frame = np.full((height, width, 3), (200, 40, 40), np.uint8)
        frame[10:30, i : i + 20] = (20, 160, 230)
        frames.append(frame)
    return frames


def test_frames_come_back_with_their_colour(tmp_path: Path) -> None:
    frames = moving_square(12)
    write_mp4(tmp_path / "a.mp4", frames, 25)
    back = list(read_frames(tmp_path / "a.mp4"))
    assert len(back) == 12
    assert np.abs(back[5].astype(int) - frames[5]).mean() < 3
    assert np.abs(back[5][50, 80].astype(int) - (200, 40, 40)).max() <= 4


def test_tags_and_index_position(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_mp4(path, moving_square(5), 25)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert context.name == "h264"
        assert context.pix_fmt == "yuv420p"
        assert (int(context.colorspace), int(context.color_primaries), int(context.color_trc)) == (1, 1, 1)
        assert int(context.color_range) == 1
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=st.integers(32, 75), height=st.integers(32, 75), fps=st.integers(5, 60), count=st.integers(1, 6))
def test_probe_tells_what_was_written(tmp_path: Path, width: int, height: int, fps: int, count: int) -> None:
    path = tmp_path / "p.mp4"
    write_mp4(path, [np.full((height, width, 3), 90, np.uint8)] * count, fps)
    info = probe(path)
    assert (info.width, info.height, info.frames) == (width // 2 * 2, height // 2 * 2, count)
    assert info.fps == pytest.approx(fps, rel=1e-3)
    assert info.seconds == pytest.approx(count / fps, rel=1e-3)


def test_an_error_leaves_nothing_and_keeps_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_mp4(path, moving_square(4), 25)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="boom"), VideoWriter(path, 25, (96, 64)) as writer:
        writer.add(moving_square(1)[0])
        raise RuntimeError("boom")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_no_frames_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one frame"), VideoWriter(tmp_path / "a.mp4", 25, (96, 64)):
        pass
    with pytest.raises(ConfigError, match="no frames"):
        write_mp4(tmp_path / "a.mp4", [], 25)
    assert not list(tmp_path.iterdir())


def test_wrong_frame_size_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"uint8 \(64, 96, 3\) wanted"),
        VideoWriter(tmp_path / "a.mp4", 25, (96, 64)) as w,
    ):
        w.add(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_cut_off_file(tmp_path: Path, share: float) -> None:
    whole, cut = tmp_path / "a.mp4", tmp_path / "cut.mp4"
    noise = np.random.default_rng(0).integers(0, 255, (30, 64, 96, 3), np.uint8)
    write_mp4(whole, list(noise), 25)
    data = whole.read_bytes()
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ConfigError, match=r"cut off|damaged"):
        probe(cut)
    with pytest.raises(ConfigError, match=r"cut off|damaged"):
        list(read_frames(cut))


def test_not_a_video_absent_and_folder(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("hello" * 100)
    with pytest.raises(ConfigError, match="not a readable video"):
        probe(text)
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(ConfigError, match="not a readable video"):
        probe(tmp_path / "empty.mp4")
    with pytest.raises(ConfigError, match="does not exist"):
        probe(tmp_path / "absent.mp4")
    with pytest.raises(ConfigError, match="is a folder"):
        list(read_frames(tmp_path))
    with pytest.raises(ConfigError, match="is a folder"):
        write_mp4(tmp_path, moving_square(1), 25)


def test_bad_rate_and_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="frame rate 0"):
        VideoWriter(tmp_path / "a.mp4", 0, (96, 64))
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be written"), VideoWriter(tmp_path / "file" / "a.mp4", 25, (96, 64)):
        pass
