#!/usr/bin/env python3
"""A hash of each file below folders, without what a clock or the host says; of files with words one of the numbers and names in them,
and one of the whole, below prose/, which may change.  usage: facts.py FOLDER...   lines `hash  path`, sorted"""
import hashlib
import os
import re
import sys

# Members of JSON files that another moment or another machine changes, and rows of the report of the same.
HOST = "argv|blas|blas_core|compiler|cores|cpu|end|small_products|start|system|version|wall_seconds"
MEMBER = re.compile(r'"(?:%s)": (?:\[[^]]*\]|"(?:[^"\\]|\\.)*"|[^],}\s]+),?\s*' % HOST)
ROW = re.compile(r'<tr><th scope="row">(?:version of simulate|CPU|BLAS|BLAS kernels|small products|compiler)</th>.*')


def numbers(text):
    """What begins with a digit, or is a number behind a sign."""
    return " ".join(re.findall(r"(?<![\w.])[-+]?\d[\w.,:%/-]*", text))


def figures(html):
    """Numbers in cells of tables, and the coordinates of curves."""
    found = re.findall(r'<td[^>]*>([^<]*)</td>|\s(?:d|points|x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"', html)
    return "\n".join(cell or place for cell, place in found if re.search(r"\d", cell or place))


def names(text):
    """Of a list: keys with their values, and the first words of other lines that begin in the first column."""
    lines = (line for line in text.split("\n") if line and line[0] not in " ;")
    return "\n".join(line.split(" ;")[0] if " = " in line else line.split()[0] for line in lines)


def options(text):
    return "\n".join(re.findall(r"^ +((?:-\w, )?--[\w-]+)", text, flags=re.MULTILINE))


def views(path, data):
    """Pairs of a path to print and what to hash."""
    if path.endswith((".json", ".jsonl")):
        return [(path, MEMBER.sub("", data.decode()))]
    if path.endswith(".err"):
        return [("prose/" + path, data)]
    extract = {".html": figures, ".txt": numbers, ".timed": numbers, ".list": names, ".help": options}.get(os.path.splitext(path)[1])
    if extract is None:
        return [(path, data)]
    text = data.decode()
    if path.endswith(".html"):
        text = ROW.sub("", text)
    if path.endswith(".timed"):  # tables: the last column has times by the clock, and so may the last line
        text = re.sub(r"\ntime here[^\n]*", "", re.sub(r" +[\d.e+-]+ (?:[mun]?s|min|h)$", "", text, flags=re.MULTILINE))
    return [(path, extract(text)), ("prose/" + path, text)]


def files(folders):
    for folder in folders:
        for at, _, here in os.walk(folder):
            yield from (os.path.join(at, name) for name in here)


def main():
    lines = []
    for path in files(sys.argv[1:]):
        with open(path, "rb") as file:
            for name, seen in views(path, file.read()):
                seen = seen if isinstance(seen, bytes) else seen.encode()
                lines.append((name, hashlib.sha256(seen).hexdigest()[:16]))
    for name, digest in sorted(lines):
        print(digest, "", name)


if __name__ == "__main__":
    main()
