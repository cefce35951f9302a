#!/usr/bin/env python3
"""Plays recipes with ./simulate and with PyTorch, in float64, from the same first parameters on the same batches, and says how far the last
parameters are from each other, relative to the distance that they have moved: |W - W_ref| / |W_ref - W_0|.

usage: check.py SIMULATE SEED [--only WORD]     WORD: a part of a recipe's name"""
import argparse
import importlib
import pathlib
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
import toy  # noqa: E402

RECIPES = ("joint_batch",)


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("program", type=pathlib.Path)
    options.add_argument("seed", type=int)
    options.add_argument("--only", default="")
    given = options.parse_args()
    warnings.filterwarnings("ignore", "The epoch parameter")  # by which SequentialLR calls its own
    off = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = toy.Bench(given.program.resolve(), pathlib.Path(folder), given.seed)
        for recipe in RECIPES:
            module = importlib.import_module(recipe)
            for name, away in module.checks(bench):
                good = away <= getattr(module, "MOST", 1e-5)
                off += not good
                print(f"{'ok' if good else 'not ok'} {name}: {away:.1e}", flush=True)
    sys.exit(off > 0)


if __name__ == "__main__":
    main()
