"""Makes `estimate/weights/hand_state.npz`: a network that tells open, half closed and closed hands apart.

Run it again when the body or the landmark network changes::

    python -m exoactor.bench.hand_training --pictures FOLDER

Pictures are rendered by `exoactor.bench.hand_pictures` from "training" cameras only and kept in the folder, ten minutes
of CPU for 140 people; looking at them takes three more, training half a minute. Seeds lie below 1000, apart from those
of the benchmark. One person in ten is kept from training, for the temperature.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from exoactor.bench.hand_patches import Patches, gathered
from exoactor.estimate.hand_network import OUTPUTS, WEIGHTS_FILE, HandNet, hand_features, inputs
from exoactor.types import Array

SHOWN = 0.35
"""Fingers of which less than this share is shown count as hidden."""
HIDDEN = 64
_EVERY = 10  # one person in so many is kept from training
_BATCH = 256


def targets(hands: Patches) -> Array:
    """(N,) index into `OUTPUTS`."""
    return np.where(hands.shown < SHOWN, OUTPUTS.index("hidden"), hands.state)


def trained(x: Array, wanted: Array, rounds: int, seed: int) -> HandNet:
    """A network taught on inputs (N, I) of hands that are what `wanted` (N,) says.

    Args:
        x: of `exoactor.estimate.hand_network.inputs`.
        wanted: indices into `OUTPUTS`.
        rounds: how often every hand is shown.
        seed: of weights and order.
    """
    torch.manual_seed(seed)
    mean, spread = x.mean(0), x.std(0) + 0.01
    first, last = nn.Linear(x.shape[1], HIDDEN), nn.Linear(HIDDEN, len(OUTPUTS))
    net = nn.Sequential(nn.Dropout(0.3), first, nn.ReLU(), nn.Dropout(0.4), last)
    given, answers = torch.as_tensor((x - mean) / spread), torch.as_tensor(wanted)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, rounds)
    for _ in range(rounds):
        for batch in torch.randperm(len(x)).split(_BATCH):  # type: ignore[no-untyped-call]
            loss = functional.cross_entropy(net(given[batch]), answers[batch], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        schedule.step()
    layers = [(layer.weight.T.detach().numpy(), layer.bias.detach().numpy()) for layer in (first, last)]
    return HandNet(mean, spread, layers[0], layers[1], 1.0)


def temperature_of(probabilities: Array, wanted: Array) -> float:
    """The temperature under which what hands truly are (N,) is likeliest, of probabilities (N, 4) at temperature 1."""
    logits, answers = torch.as_tensor(np.log(probabilities + 1e-12)), torch.as_tensor(wanted)
    tried = np.exp(np.linspace(np.log(0.4), np.log(4.0), 93))
    return float(min(tried, key=lambda t: float(functional.cross_entropy(logits / t, answers))))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, required=True, help="folder that rendered hands are kept in")
    parser.add_argument("--people", type=int, default=140)
    parser.add_argument("--each", type=int, default=90, help="pictures of each person")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE)
    args = parser.parse_args()
    torch.set_num_threads(1)
    hands = gathered("training", range(args.people), args.each, args.pictures)
    looks = args.pictures / f"looks-{args.people}-{args.each}.npy"
    if not looks.exists():
        np.save(looks, hand_features()(hands.patch))
    x, wanted = inputs(np.load(looks), hands.pixels, hands.foreshortening), targets(hands)
    kept = np.repeat(np.arange(args.people), args.each) % _EVERY == _EVERY - 1
    net = trained(x[~kept], wanted[~kept], args.rounds, args.seed)
    found = net(np.load(looks)[kept], hands.pixels[kept], hands.foreshortening[kept])
    net = HandNet(net.mean, net.spread, net.first, net.last, temperature_of(found, wanted[kept]))
    net.save(args.out)
    print(f"{args.out.name}: {args.out.stat().st_size / 1000:.0f} kB, temperature {net.temperature:.2f}")


if __name__ == "__main__":
    main()
