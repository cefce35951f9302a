#!/usr/bin/env python3
"""Plays recipes with ./simulate and with PyTorch, in float64, from the same first parameters on the same batches, and says how
far the last parameters are from each other, relative to the distance that they have moved: |W - W_ref| / |W_ref - W_0|. Each
recipe also names rules that are not the simulator's, mostly of public code that differs from the paper: from these the run must
be far.

usage: check.py SIMULATE SEED [--only WORD]     WORD: a part of a recipe's file name"""
import argparse
import importlib
import pathlib
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
import toy  # noqa: E402

RECIPES = ("joint_batch", "federated", "diloco", "dgc", "powersgd", "local", "elastic", "feedback")
AGAIN = 8  # so often at most is one recipe played


def said(bench, compare):
    """(deviation, in words). With another seed where rounding may have decided."""
    for _ in range(AGAIN):
        try:
            away = compare()
            return away, f"{away:.1e}"
        except toy.Refused as why:
            return float("inf"), str(why)
        except toy.Undecided:
            bench.seed += 1
    return float("inf"), f"rounding decided {AGAIN} times"


def check(bench, name, compare, most):
    """Prints a line; whether it is good."""
    away, words = said(bench, compare)
    print(f"{'ok' if away <= most else 'not ok'} {name}: {words}", flush=True)
    return away <= most


def check_other(bench, name, compare, most):
    """The same of another rule, from which the run must differ: otherwise the comparison is worth nothing."""
    away, words = said(bench, compare)
    differs = 10 * most < away < float("inf")
    print(f"{'ok' if differs else 'not ok'} differs from {name}: {words}", flush=True)
    return differs


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
        for recipe in [importlib.import_module(name) for name in RECIPES if given.only in name]:
            most = getattr(recipe, "MOST", toy.MOST)
            off += sum(not check(bench, name, compare, most) for name, compare in recipe.checks(bench))
            off += sum(not check_other(bench, name, compare, most) for name, compare in recipe.others(bench))
    sys.exit(off > 0)


if __name__ == "__main__":
    main()
