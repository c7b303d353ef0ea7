"""The chain solver against a dense solve."""

import numpy as np
import pytest
import torch

from exoactor.estimate.chain_solver import ChainSystem, solve_chain

SIZE, WHOLE = 4, 3


def random_chain(frames: int, seed: int) -> tuple[ChainSystem, torch.Tensor, torch.Tensor]:
    """A chain system, and the same as one dense matrix and right-hand side."""
    g = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    count = frames * SIZE
    dense = torch.zeros(count + WHOLE, count + WHOLE, dtype=torch.float64)
    diagonal, next1, next2 = normal(frames, SIZE, SIZE), normal(frames - 1, SIZE, SIZE), normal(frames - 2, SIZE)
    diagonal = diagonal @ diagonal.mT + 40 * torch.eye(SIZE, dtype=torch.float64)
    border, corner = normal(frames, SIZE, WHOLE), 300 * torch.eye(WHOLE, dtype=torch.float64)
    for t in range(frames):
        here = slice(t * SIZE, (t + 1) * SIZE)
        dense[here, here] = diagonal[t]
        dense[here, count:], dense[count:, here] = border[t], border[t].T
        for far, block in ((1, next1), (2, next2)):
            if t + far < frames:
                there = slice((t + far) * SIZE, (t + far + 1) * SIZE)
                part = block[t] if far == 1 else torch.diag(block[t])
                dense[there, here], dense[here, there] = part, part.T
    dense[count:, count:] = corner
    right, corner_right = normal(frames, SIZE), normal(WHOLE)
    system = ChainSystem(diagonal, next1, next2, border, corner, right, corner_right)
    return system, dense, torch.cat([right.flatten(), corner_right])


@pytest.mark.parametrize("frames", [3, 4, 5, 8, 13])
@pytest.mark.parametrize("damping", [0.0, 0.3])
def test_agrees_with_a_dense_solve(frames, damping):
    system, dense, right = random_chain(frames, frames)
    dense = dense + damping * torch.diag(dense.diagonal())
    expected = torch.linalg.solve(dense, right)
    frames_part, whole = solve_chain(system, damping)
    np.testing.assert_allclose(frames_part.flatten(), expected[: frames * SIZE], atol=1e-10)
    np.testing.assert_allclose(whole, expected[frames * SIZE :], atol=1e-10)
