import errno
import json

import numpy as np
import pytest

from exoactor import files


def test_json_takes_numpy_and_leaves_no_temporary_file(tmp_path):
    files.write_json(tmp_path / "a.json", {"x": np.arange(3), "y": np.float32(1.5), "p": tmp_path})
    assert json.loads((tmp_path / "a.json").read_text())["x"] == [0, 1, 2]
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "a.txt"
    files.write_text(target, "old")
    with pytest.raises(OSError, match="full"), files.atomic_path(target) as temporary:
        temporary.write_text("half")
        raise OSError(errno.ENOSPC, "disk full")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_nan_is_not_json(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not list(tmp_path.iterdir())


def test_npz_round_trip(tmp_path):
    files.write_npz(tmp_path / "a.npz", {"x": np.eye(2)})
    with np.load(tmp_path / "a.npz") as data:
        np.testing.assert_array_equal(data["x"], np.eye(2))
