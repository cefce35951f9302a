#!/usr/bin/env python3
"""Cycles of files inside a folder: files that need each other's symbols. usage: cycles.py BUILD (in the root of the tree)

Reads the objects below BUILD with nm. Prints one line for each cycle, "FOLDER: FILE FILE ...", files in alphabetical order."""
import collections
import os
import subprocess
import sys


def symbols(path):
    """The names that the object defines for others, and those that it needs."""
    defined, needed = set(), set()
    for line in subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            needed.add(name)
        elif kind.isupper():
            defined.add(name)
    return defined, needed


def components(graph):
    """Strongly connected components of more than one node (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return [c for c in found if len(c) > 1]


def main():
    build = sys.argv[1]
    folders = collections.defaultdict(dict)
    for top in ("sim", "models", "algorithms"):
        for folder, _, names in os.walk(os.path.join(build, top)):
            for name in names:
                if name.endswith(".o") and os.path.exists(os.path.join(os.path.relpath(folder, build), name[:-2] + ".c")):
                    folders[os.path.relpath(folder, build)][name[:-2] + ".c"] = symbols(os.path.join(folder, name))
    for folder, files in sorted(folders.items()):
        owner = {symbol: name for name, (defined, _) in files.items() for symbol in defined}
        graph = {name: sorted({owner[s] for s in needed if s in owner} - {name}) for name, (_, needed) in files.items()}
        for cycle in components(graph):
            print(f"{folder}: {' '.join(cycle)}")


main()
