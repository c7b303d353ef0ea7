"""The kinematics against finite differences and against smplx."""

import numpy as np
import pytest
import smplx
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from exoactor.body import load_body, smplx_model_dir
from exoactor.estimate.body_torch import N_POSE, Kinematics, exp_map, joint_vectors, right_jacobian
from exoactor.estimate.points import body_points

VECTORS = st.lists(st.floats(-2.5, 2.5), min_size=3, max_size=3)


def random_pose(seed: int, frames: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    pose = 0.4 * torch.randn(frames, N_POSE, generator=generator, dtype=torch.float64)
    return pose, torch.randn(10, generator=generator, dtype=torch.float64)


def test_jacobians_are_finite_differences():
    kinematics = Kinematics(body_points())
    pose, shape = random_pose(0)
    posed, step = kinematics(pose, shape), 1e-6

    def points(pose: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
        return kinematics(pose, shape, jacobian=False).points

    for k in range(N_POSE):
        delta = step * torch.eye(N_POSE, dtype=torch.float64)[k]
        numeric = (points(pose + delta, shape) - points(pose - delta, shape)) / (2 * step)
        np.testing.assert_allclose(posed.by_pose[..., k], numeric, atol=1e-7)
    for k in range(10):
        delta = step * torch.eye(10, dtype=torch.float64)[k]
        numeric = (points(pose, shape + delta) - points(pose, shape - delta)) / (2 * step)
        np.testing.assert_allclose(posed.by_shape[..., k], numeric, atol=1e-7)


def test_joints_are_those_of_smplx():
    pose, shape = random_pose(1)
    posed = Kinematics(body_points())(pose, shape, jacobian=False)
    model = smplx.create(
        str(smplx_model_dir()),
        model_type="smplx",
        use_pca=False,
        flat_hand_mean=True,
        num_betas=10,
        batch_size=len(pose),
    )
    rest = load_body().joints(shape.numpy())[0]
    orient = Rotation.from_matrix(posed.frames[:, 0].numpy()).as_rotvec()
    with torch.no_grad():
        out = model(
            betas=shape.float().expand(len(pose), 10),
            global_orient=torch.as_tensor(orient).float(),
            body_pose=joint_vectors(pose)[:, 1:].reshape(len(pose), 63).float(),
            transl=torch.as_tensor(pose[:, :3].numpy() - rest).float(),
        )
    np.testing.assert_allclose(posed.joints, out.joints[:, :22], atol=1e-5)


@given(vector=VECTORS)
@settings(max_examples=40, deadline=None)
def test_exp_map_is_the_rotation(vector):
    expected = Rotation.from_rotvec(vector).as_matrix()
    np.testing.assert_allclose(exp_map(torch.tensor(vector, dtype=torch.float64)), expected, atol=1e-9)


@given(vector=VECTORS, change=st.lists(st.floats(-1, 1), min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_right_jacobian_is_first_order(vector, change):
    v, d = torch.tensor(vector, dtype=torch.float64), 1e-5 * torch.tensor(change, dtype=torch.float64)
    np.testing.assert_allclose(exp_map(v + d), exp_map(v) @ exp_map(right_jacobian(v) @ d), atol=1e-9)


@pytest.mark.parametrize("turns", [0.0, 7.0, -12.0])
def test_yaw_counts_turns_without_changing_the_pose(turns):
    kinematics = Kinematics(body_points())
    pose, shape = random_pose(2)
    whole = round(turns / (2 * np.pi)) * 2 * np.pi
    turned = pose.clone()
    turned[:, 4] += whole
    np.testing.assert_allclose(kinematics(turned, shape).joints, kinematics(pose, shape).joints, atol=1e-9)
