import numpy as np
import pytest
import smplx
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.body import JOINT_NAMES, LABELS, PARENTS, fk, load_body, smplx_model_dir

BODY = load_body()
MIRROR = np.array(
    [
        JOINT_NAMES.index(n.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right"))
        for n in JOINT_NAMES
    ]
)
FLIP = np.array([-1.0, 1, 1])


@pytest.fixture(scope="module")
def official() -> torch.nn.Module:
    return smplx.create(
        str(smplx_model_dir()), model_type="smplx", use_pca=False, flat_hand_mean=True, num_betas=10, batch_size=1
    )


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_fk_and_skin_agree_with_smplx(official: torch.nn.Module, seed: int) -> None:
    rng = np.random.default_rng(seed)
    orient, pose, transl = rng.normal(size=(1, 3)), rng.normal(0, 0.5, (1, 21, 3)), rng.normal(size=(1, 3))
    betas, hands = rng.normal(size=10), rng.normal(0, 0.3, (1, 30, 3))
    rotations, positions = fk(orient, pose, transl, betas, hands)

    def tensor(x: np.ndarray) -> torch.Tensor:
        return torch.tensor(x.reshape(1, -1), dtype=torch.float32)

    with torch.no_grad():
        out = official(
            global_orient=tensor(orient),
            body_pose=tensor(pose),
            transl=tensor(transl),
            betas=tensor(betas),
            left_hand_pose=tensor(hands[:, :15]),
            right_hand_pose=tensor(hands[:, 15:]),
        )
    assert np.abs(out.joints[0, :55].numpy() - positions[0]).max() < 1e-4
    assert np.abs(out.vertices[0].numpy() - BODY.skin(rotations[0], positions[0], betas)).max() < 1e-4


def test_tree_is_that_of_smplx(official: torch.nn.Module) -> None:
    assert official.parents.tolist() == list(PARENTS)
    assert len(JOINT_NAMES) == 55


@settings(max_examples=20, deadline=None)
@given(betas=st.lists(st.floats(-2, 2), min_size=10, max_size=10))
def test_left_and_right_are_alike(betas: list[float]) -> None:
    joints = BODY.joints(np.array(betas))
    assert np.abs(joints - joints[MIRROR] * FLIP).max() < 1e-5


@settings(max_examples=20, deadline=None)
@given(height=st.floats(1.6, 1.9), seed=st.integers(0, 1000))
def test_height_can_be_asked_for(height: float, seed: int) -> None:
    betas = BODY.with_height(np.random.default_rng(seed).normal(0, 0.5, 10), height)
    assert BODY.height(betas) == pytest.approx(height, abs=1e-9)
    assert np.ptp(BODY.vertices(betas)[:, 1]) == pytest.approx(height, abs=0.01)
    assert 0.05 < BODY.sole(betas) < 0.11


def test_proportions_are_human() -> None:
    joints = BODY.joints(np.zeros(10))
    by = {name: joints[i] for i, name in enumerate(JOINT_NAMES)}
    assert 1.68 < BODY.height(np.zeros(10)) < 1.80
    # thigh and shank about a quarter of the height each (Winter 2009: .245 and .246)
    for a, b in (("left_hip", "left_knee"), ("left_knee", "left_ankle")):
        assert 0.22 < np.linalg.norm(by[a] - by[b]) / 1.73 < 0.27
    assert by["left_wrist"][0] > by["left_elbow"][0] > by["left_shoulder"][0] > 0
    assert by["left_foot"][2] > by["left_ankle"][2]
    assert by["head"][1] > by["neck"][1] > by["spine3"][1] > by["pelvis"][1] > by["left_knee"][1]


def test_weights_and_regressor_are_convex() -> None:
    for matrix in (BODY.weights, BODY.J_regressor):
        assert matrix.min() >= 0
        assert np.abs(matrix.sum(1) - 1).max() < 1e-5


def test_every_label_is_painted_and_uv_fits() -> None:
    assert set(np.unique(BODY.labels)) == set(range(len(LABELS)))
    assert BODY.uv_faces.shape == BODY.faces.shape
    assert BODY.uv_faces.max() < len(BODY.uv)
    assert BODY.faces.max() < len(BODY.v_template)
