#!/usr/bin/python3
"""Paths in the text of Markdown pages, `sim/main.c` or `tests/unit/test_*.c` or `plots/{a,b}.gp`, that lead to no file. Only those
that begin with a folder of the sources are looked at, from the working directory. usage: paths.py PAGE ..."""
import re
import sys
from glob import glob
from pathlib import Path

FOLDERS = r"(?:algorithms|completions|debian|docs|experiments|man|models|plots|sim|tests)/"
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)


def expanded(path):
    """a{b,c}d is abd and acd"""
    braces = re.search(r"\{([^{}]*)\}", path)
    if not braces:
        return [path]
    return [p for word in braces[1].split(",") for p in expanded(path[: braces.start()] + word + path[braces.end() :])]


bad = 0
for page in map(Path, sys.argv[1:]):
    for path in re.findall(rf"`({FOLDERS}[^\s`]*)", FENCED.sub("", page.read_text())):
        if not all(glob(p) for p in expanded(path)):
            print(f"{page}: `{path}`: no such file")
            bad += 1
sys.exit(bad > 0)
