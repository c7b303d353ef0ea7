"""Solves the normal equations of a chain of frames, each coupled to two neighbours, plus unknowns of the whole clip."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ChainSystem:
    """A symmetric positive definite system H x = b.

    Args:
        diagonal: (T, D, D) blocks H[t, t].
        next1: (T - 1, D, D) blocks H[t + 1, t].
        next2: (T - 2, D) diagonals of the blocks H[t + 2, t].
        border: (T, D, G) blocks coupling frames and the whole clip's unknowns.
        corner: (G, G) block of the whole clip's unknowns.
        right: (T, D) right-hand side of the frames.
        corner_right: (G,) right-hand side of the whole clip's unknowns.
    """

    diagonal: Tensor
    next1: Tensor
    next2: Tensor
    border: Tensor
    corner: Tensor
    right: Tensor
    corner_right: Tensor


def solve_chain(system: ChainSystem, damping: float) -> tuple[Tensor, Tensor]:
    """Solution (T, D) and (G,) of the system with its diagonal raised by the factor 1 + damping.

    Block Cholesky over pairs of frames, so that coupling reaches the next pair only; the time is linear in T.
    """
    frames, size, _ = system.diagonal.shape
    globals_ = len(system.corner_right)
    pairs = (frames + 1) // 2
    wide = 2 * size
    blocks = torch.zeros(pairs * 2, size, pairs and wide, dtype=torch.float64)
    own = system.diagonal.clone()
    own.diagonal(dim1=1, dim2=2).mul_(1 + damping)
    blocks[0:frames:2, :, :size] = own[0::2]
    blocks[1:frames:2, :, size:] = own[1::2]
    if frames % 2:
        blocks[frames, :, size:] = torch.eye(size, dtype=torch.float64)
    blocks[1:frames:2, :, :size] = system.next1[0::2]
    blocks[0 : frames - 1 : 2, :, size:] = system.next1[0::2].transpose(1, 2)
    blocks = blocks.reshape(pairs, wide, wide)
    down = torch.zeros(pairs - 1, wide, wide, dtype=torch.float64)
    even, odd = system.next2[0::2], system.next2[1::2]
    down[: len(even), :size, :size] = torch.diag_embed(even)
    down[: len(odd), size:, size:] = torch.diag_embed(odd)
    between = system.next1[1::2]
    down[: len(between), :size, size:] = between
    columns = torch.zeros(pairs * 2, size, globals_ + 1, dtype=torch.float64)
    columns[:frames, :, :globals_] = system.border
    columns[:frames, :, globals_] = system.right
    columns = columns.reshape(pairs, wide, globals_ + 1)
    factors, solved = [], []
    block, column = blocks[0], columns[0]
    for i in range(pairs):
        factor = torch.linalg.cholesky(block)
        factors.append(factor)
        if i + 1 < pairs:
            both = torch.cholesky_solve(torch.cat([down[i].T, column], 1), factor)
            solved.append(both)
            block = blocks[i + 1] - down[i] @ both[:, :wide]
            column = columns[i + 1] - down[i] @ both[:, wide:]
        else:
            solved.append(torch.cholesky_solve(column, factor))
    out = torch.empty(pairs, wide, globals_ + 1, dtype=torch.float64)
    out[-1] = solved[-1]
    for i in range(pairs - 2, -1, -1):
        out[i] = solved[i][:, wide:] - solved[i][:, :wide] @ out[i + 1]
    response = out.reshape(pairs * 2, size, globals_ + 1)[:frames]
    by_globals, plain = response[..., :globals_], response[..., globals_]
    corner = system.corner.clone()
    corner.diagonal().mul_(1 + damping)
    corner = corner - torch.einsum("tdg,tdh->gh", system.border, by_globals)
    corner_right = system.corner_right - torch.einsum("tdg,td->g", system.border, plain)
    whole = torch.linalg.solve(corner, corner_right)
    return plain - by_globals @ whole, whole
