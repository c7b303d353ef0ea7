"""`python -m exoactor.control.training --teacher X.onnx --motions DIR --minutes N --seed S -o bundle.npz`."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from exoactor.control.bundle import Bundle, load_bundle, save_bundle
from exoactor.control.training.collector import DaggerCfg
from exoactor.control.training.dagger import distil
from exoactor.control.training.references import made_references, read_motions
from exoactor.control.training.sim import floor_model


def main() -> None:
    """Distil a TWIST2-format teacher into student bundles, on one CPU core or many, with a GPU or without."""
    parser = argparse.ArgumentParser(prog="python -m exoactor.control.training", description=main.__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="policy in TWIST2's ONNX format")
    parser.add_argument(
        "--motions",
        type=Path,
        action="append",
        default=[],
        help="folder of motion files to train on besides the made ones; may be given more than once",
    )
    parser.add_argument("--hold-out", default="", help="names of motions not to train on, separated by commas")
    parser.add_argument("--made", type=int, default=110, help="number of made references")
    parser.add_argument("--minutes", type=float, default=18, help="wall time to train for")
    parser.add_argument("--initial", type=Path, help="bundle to go on from")
    parser.add_argument("--hidden", type=_widths, default=DaggerCfg.hidden, help="widths of the layers: 512,256,128")
    parser.add_argument(
        "--also", type=_widths, action="append", default=[], help="of a further student on the same data"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that simulate")
    parser.add_argument("--device", default="cpu", help="on which the networks learn: cpu, cuda")
    parser.add_argument("--samples", type=int, default=DaggerCfg.samples, help="a round")
    parser.add_argument("--batch", type=int, default=DaggerCfg.batch, help="samples a gradient step")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, required=True, help="bundle file; further students are put beside it")
    args = parser.parse_args()

    begin = time.monotonic()
    motions = made_references(floor_model(fast=True), args.seed, args.made)
    held_out = {name for name in args.hold_out.split(",") if name}
    for folder in args.motions:
        here = {path.stem for path in folder.glob("*.npz")}
        motions |= read_motions(folder, held_out & here)
        held_out -= here
    if held_out:
        parser.error(f"--hold-out: {', '.join(sorted(held_out))} in none of the folders of --motions")
    total = sum(motion.seconds for motion in motions.values())
    print(f"{len(motions)} references, {total:.0f} s, made in {time.monotonic() - begin:.0f} s", flush=True)
    cfg = replace(DaggerCfg(), hidden=args.hidden, samples=args.samples, batch=args.batch)
    outs = [args.out] + [args.out.with_stem(f"{args.out.stem}_{'x'.join(map(str, hidden))}") for hidden in args.also]

    def save(bundles: list[Bundle]) -> None:
        for bundle, out in zip(bundles, outs, strict=True):
            save_bundle(bundle, out)

    bundles = distil(
        args.teacher,
        motions,
        minutes=args.minutes,
        seed=args.seed,
        cfg=cfg,
        initial=load_bundle(args.initial) if args.initial else None,
        also=args.also,
        workers=args.workers,
        device=args.device,
        log=lambda line: print(line, flush=True),
        on_round=save,
    )
    for bundle, out in zip(bundles, outs, strict=True):
        print(f"{out}: {bundle.name}, sha256 {bundle.sha256}")


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(width) for width in text.split(","))


if __name__ == "__main__":
    main()
