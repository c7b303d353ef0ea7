import json

import numpy as np
import pytest

from exoactor.control import twist2
from exoactor.control.bundle import Bundle, load_bundle, save_bundle
from exoactor.types import G1_JOINTS, ConfigError


def tiny(seed=0):
    rng = np.random.default_rng(seed)
    width = twist2.MIMIC + 4 * twist2.PROPRIO
    layers = [(rng.normal(size=(8, width)) / 20, rng.normal(size=8)), (rng.normal(size=(29, 8)), rng.normal(size=29))]
    return Bundle.made(rng.normal(size=width), rng.uniform(0.5, 2, width), layers, name="tiny")


def rewritten(path, **changes):
    """The bundle file with some of its entries replaced."""
    with np.load(path) as data:
        arrays = {k: data[k] for k in data.files}
    meta = json.loads(str(arrays["meta"]))
    for key, value in changes.items():
        if key in meta:
            meta[key] = value
        else:
            arrays[key] = value
    arrays["meta"] = np.array(json.dumps(meta))
    np.savez(path, **arrays)


def test_round_trip_keeps_everything(tmp_path):
    bundle = tiny()
    save_bundle(bundle, tmp_path / "b.npz")
    again = load_bundle(tmp_path / "b.npz")
    assert again.sha256 == bundle.sha256
    for (w, b), (w2, b2) in zip(bundle.layers, again.layers, strict=True):
        assert np.array_equal(w, w2) and np.array_equal(b, b2)
    assert again.actuation.joint_names == G1_JOINTS and again.history == bundle.history


def test_the_hash_depends_on_the_weights():
    assert tiny(0).sha256 != tiny(1).sha256


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"joint_names": list(reversed(G1_JOINTS))}, "joint"),
        ({"hz": 100}, "Hz"),
        ({"sha256": "0" * 64}, "damaged"),
        ({"format": 9}, "format"),
        ({"mean": np.zeros(12, np.float32)}, "normalisation"),
        ({"bias_1": np.zeros(28, np.float16)}, "layer 1"),
        ({"weight_0": np.zeros((8, 403), np.float16)}, "damaged"),
        ({"bias_0": np.full(8, np.nan, np.float16)}, "finite"),
        ({"kp": np.ones(29)}, "damaged"),
    ],
)
def test_every_mismatch_is_refused(tmp_path, change, says):
    path = tmp_path / "b.npz"
    save_bundle(tiny(), path)
    rewritten(path, **change)
    with pytest.raises(ConfigError, match=says):
        load_bundle(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_no_bundle_is_refused(tmp_path, content):
    path = tmp_path / "b.npz"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="not a controller bundle"):
        load_bundle(path)
    with pytest.raises(ConfigError, match="not a controller bundle"):
        load_bundle(tmp_path / "absent.npz")


def test_the_packaged_bundle_loads_and_its_card_names_its_hash():
    bundle = load_bundle()
    card = __import__("exoactor.control.bundle", fromlist=["PACKAGED"]).PACKAGED.with_name("MODEL_CARD.md").read_text()
    assert bundle.sha256 in card
