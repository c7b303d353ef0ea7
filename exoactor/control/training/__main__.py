"""`python -m exoactor.control.training --teacher X.onnx --motions DIR --minutes N --seed S -o bundle.npz`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from exoactor.control.bundle import load_bundle, save_bundle
from exoactor.control.training.dagger import distil
from exoactor.control.training.references import made_references, read_motions
from exoactor.control.training.sim import floor_model


def main() -> None:
    """Distil a TWIST2-format teacher into a student bundle on one CPU core."""
    parser = argparse.ArgumentParser(prog="python -m exoactor.control.training", description=main.__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="policy in TWIST2's ONNX format")
    parser.add_argument("--motions", type=Path, help="folder of motion files to train on besides the made ones")
    parser.add_argument("--hold-out", default="", help="names of motions not to train on, separated by commas")
    parser.add_argument("--made", type=int, default=110, help="number of made references")
    parser.add_argument("--minutes", type=float, default=18, help="wall time to train for")
    parser.add_argument("--initial", type=Path, help="bundle to go on from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, required=True, help="bundle file to write")
    args = parser.parse_args()

    begin = time.monotonic()
    motions = made_references(floor_model(fast=True), args.seed, args.made)
    if args.motions:
        motions |= read_motions(args.motions, [name for name in args.hold_out.split(",") if name])
    total = sum(motion.seconds for motion in motions.values())
    print(f"{len(motions)} references, {total:.0f} s, made in {time.monotonic() - begin:.0f} s", flush=True)
    bundle = distil(
        args.teacher,
        motions,
        minutes=args.minutes,
        seed=args.seed,
        initial=load_bundle(args.initial) if args.initial else None,
        log=lambda line: print(line, flush=True),
        on_round=lambda made: save_bundle(made, args.out),
    )
    print(f"{args.out}: {bundle.name}, sha256 {bundle.sha256}")


if __name__ == "__main__":
    main()
