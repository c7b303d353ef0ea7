"""H.264 mp4 files that browsers play, with the colour they were made with.

x264 through PyAV: yuv420p, BT.709 limited range tagged and converted as such, index in front so that
playback starts at once, and a temporary file moved into place only when the clip is whole.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np

from exoactor.types import Array, ConfigError

_BT709 = 1
_LIMITED = 1


@dataclass(frozen=True)
class VideoInfo:
    """What a clip is, found by reading all of it.

    Args:
        fps: frames per second.
        frames: number of frames that decode.
        width: [px].
        height: [px].
        seconds: frames / fps [s].
    """

    fps: float
    frames: int
    width: int
    height: int
    seconds: float


class VideoWriter:
    """Context manager that writes a clip frame by frame.

    The file appears under `path` when the block ends without error and holds at least one frame; otherwise
    nothing is left behind and an earlier file of that name stays as it was.

    Args:
        path: the mp4 file.
        fps: frames per second, constant.
        size: (width, height) [px]; odd sizes lose their last row or column, as H.264 4:2:0 needs even ones.
        crf: x264 constant rate factor, lower is better.
        preset: x264 speed preset.

    Raises:
        ConfigError: bad fps or size, or `path` is a folder or cannot be written.
    """

    def __init__(
        self, path: Path, fps: float, size: tuple[int, int], *, crf: int = 20, preset: str = "veryfast"
    ) -> None:
        self.path = Path(path)
        if not 1.0 <= fps <= 240.0:
            raise ConfigError(f"video frame rate {fps} given; 1..240 frames per second are allowed.")
        if min(size) < 16:
            raise ConfigError(f"video size {size} given; width and height of at least 16 px are wanted.")
        if self.path.is_dir():
            raise ConfigError(f"{self.path} is a folder; give the name of an mp4 file to write.")
        self._rate = Fraction(fps).limit_denominator(1001)
        self._given = (int(size[0]), int(size[1]))
        self._size = (self._given[0] // 2 * 2, self._given[1] // 2 * 2)
        self._options = {"crf": str(crf), "preset": preset}
        self.frames = 0

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.stem}-", suffix=".mp4")
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be written: {error.strerror}.") from error
        os.close(handle)
        self._temporary = Path(name)
        try:
            self._container = av.open(name, "w", options={"movflags": "+faststart"})
            stream = self._container.add_stream("libx264", rate=self._rate)
            stream.width, stream.height = self._size
            stream.pix_fmt = "yuv420p"
            # one thread: the loop's other stages own the other cores, and the bytes stay the same everywhere
            stream.options = {**self._options, "threads": "1"}
            context = stream.codec_context
            # x264's own colorprim options do not reach the container; these fields do
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = _LIMITED
        except BaseException:
            self._discard()
            raise
        self._stream: Any = stream
        return self

    def add(self, rgb: Array) -> None:
        """Append a frame (height, width, 3) uint8."""
        width, height = self._given
        if rgb.shape != (height, width, 3) or rgb.dtype != np.uint8:
            raise ValueError(f"frame: {rgb.dtype} {rgb.shape} given, uint8 {(height, width, 3)} wanted")
        even = np.ascontiguousarray(rgb[: self._size[1], : self._size[0]])
        frame = av.VideoFrame.from_ndarray(even, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=_LIMITED)
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            if self.frames == 0:
                raise ValueError(f"{self.path}: a video needs at least one frame, none was added")
            self._container.mux(self._stream.encode())
            self._container.close()
            with self._temporary.open("rb") as written:
                os.fsync(written.fileno())
            umask = os.umask(0)
            os.umask(umask)
            self._temporary.chmod(0o666 & ~umask)
            self._temporary.replace(self.path)
        except BaseException:
            self._discard()
            raise

    def _discard(self) -> None:
        with suppress(Exception):
            self._container.close()
        with suppress(FileNotFoundError):
            self._temporary.unlink()


def write_mp4(path: Path, frames: Iterable[Array], fps: float) -> None:
    """Write a whole clip atomically.

    Args:
        path: the mp4 file.
        frames: (H, W, 3) uint8 images of one size.
        fps: frames per second.

    Raises:
        ConfigError: no frames, or `path` cannot be written.
    """
    source = iter(frames)
    first = next(source, None)
    if first is None:
        raise ConfigError(f"{path}: no frames given; a video needs at least one.")
    with VideoWriter(path, fps, (first.shape[1], first.shape[0])) as writer:
        writer.add(first)
        for frame in source:
            writer.add(frame)


def read_frames(path: Path) -> Iterator[Array]:
    """Frames of a clip in order, each (H, W, 3) uint8 RGB.

    Raises:
        ConfigError: the file is absent, a folder, not a video, or cut off.
    """
    with _Reader(path) as reader:
        for frame in reader.frames():
            yield frame.to_ndarray(format="rgb24")


def probe(path: Path) -> VideoInfo:
    """Size, rate and number of frames of a clip, found by decoding it.

    Raises:
        ConfigError: the file is absent, a folder, not a video, or cut off.
    """
    with _Reader(path) as reader:
        count = sum(1 for _ in reader.frames())
        return VideoInfo(reader.fps, count, reader.width, reader.height, count / reader.fps)


class _Reader:
    """An opened clip whose library errors come out as one clear sentence."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        if not self.path.exists():
            raise ConfigError(f"{self.path} does not exist; give an mp4 file.")
        if self.path.is_dir():
            raise ConfigError(f"{self.path} is a folder; give an mp4 file.")
        try:
            self._container = av.open(str(self.path))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise ConfigError(
                f"{self.path} is not a readable video: it is cut off or no video at all ({_reason(error)})."
            ) from error
        if not self._container.streams.video:
            self._container.close()
            raise ConfigError(f"{self.path} holds no video stream; give an mp4 file with a picture.")
        stream = self._container.streams.video[0]
        self.width, self.height = int(stream.width), int(stream.height)
        self.fps = float(stream.average_rate or stream.base_rate or 0)
        self._announced = int(stream.frames or 0)
        if self.fps <= 0 or min(self.width, self.height) < 1:
            self._container.close()
            raise ConfigError(f"{self.path} names no frame rate or picture size; it is damaged.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def frames(self) -> Iterator[Any]:
        """Decoded frames; a clip that ends before its announced number is an error, not a shorter clip."""
        count = 0
        try:
            for frame in self._container.decode(video=0):
                count += 1
                yield frame
        except av.error.FFmpegError as error:
            raise ConfigError(f"{self.path} is damaged after frame {count} ({_reason(error)}).") from error
        if count == 0 or count < self._announced:
            raise ConfigError(f"{self.path} is cut off: {count} of {self._announced} frames can be read.")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
