#!/usr/bin/python3
"""Runs the ```sh blocks of Markdown pages, in order, in the working directory, and compares what they print.

usage: run.py PAGE ...     Says "ok PAGE:LINE" or "not ok PAGE:LINE" for every block.

A comment in the line before a fence changes what is done with the block:
    <!-- not run: WHY -->             nothing
    <!-- shortened: ARGUMENTS -->     these are added to every ./simulate of the block
    <!-- output -->                   no commands, but what the ones before print (on stdout)
    <!-- file: NAME -->               becomes a file, or must be equal to one that is there
Compared are all lines; of tables (a line that begins with "algorithm") not the columns below, which depend on the CPU."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

CPU = {"accuracy", "validation", "loss", "speed-up", "wall", "private", "time here", "memory here"}  # and "to 80 %", what a target took
LIMIT = 300  # seconds


def blocks(page):
    """(line number, language, kind of the comment before, its text, lines of the block)"""
    block, before = None, ("", "")
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if block:
            if line.strip() == "```":
                yield block
                block, before = None, ("", "")
            else:
                block[4].append(line)
        elif line.startswith("```"):
            block = (number, line[3:].strip(), *before, [])
        else:
            comment = re.fullmatch(r"<!-- ([a-z ]+)(?:: (.*))? -->", line)
            before = (comment[1], comment[2] or "") if comment else ("", "")


def cells(line):
    return re.split(r"  +", line.strip())


def units(line, above):
    """The units below a table's head, each with the heading that ends above its end."""
    named = {match.end(): match[0] for match in re.finditer(r"\S+( \S+)*", above)}
    of = {named.get(match.end(), "?"): match[0] for match in re.finditer(r"\S+", line)}
    return " ".join(f"{name}: {unit}" for name, unit in of.items() if name not in CPU and not name.startswith("to "))


def comparable(text):
    head, result, above = None, [], ""
    for line in text.splitlines():
        row = cells(line)
        if above.startswith("algorithm ") and line.startswith("   "):
            line = units(line, above)
        above = line
        if row[0] == "algorithm" and len(row) > 3:
            head = row
        if head and len(row) == len(head):
            row = [cell for cell, name in zip(row, head) if name not in CPU and not name.startswith("to ")]
            result.append("  ".join(row))
        else:
            result.append(line)
    return result


def run(commands):
    """What they print; None after saying what went wrong."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "BUILD", "SIMULATE_DATA")}
    done = subprocess.Popen(["bash", "-euo", "pipefail", "-c", commands], env=env, stdin=subprocess.DEVNULL, start_new_session=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        out, err = done.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)  # what it has started, too
        out, err = done.communicate()
    if done.returncode == 0:
        return out
    print(f"status {done.returncode}:\n{commands}\n{out}{err}")
    return None


def same(said, wanted):
    got, want = comparable(said), comparable("\n".join(wanted))
    for a, b in zip(want + [None] * len(got), got + [None] * len(want)):
        if a != b:
            print(f"the page: {a}\nprinted:  {b}")
            return False
    return True


def put(name, lines):
    text, path = "\n".join(lines) + "\n", Path(name)
    if path.exists():
        return path.read_text() == text
    path.write_text(text)
    return True


def main():
    for page in map(Path, sys.argv[1:]):
        said = None
        for number, language, kind, text, lines in blocks(page):
            good, what = True, kind or language
            if kind == "file":
                good = put(text, lines)
            elif kind == "output":
                good = said is not None and same(said, lines)
            elif language == "sh" and kind == "not run":
                good, said = bool(text), None
            elif language == "sh":
                commands = "\n".join(lines)
                if kind == "shortened":
                    commands = re.sub(r"(\./simulate [^#|&;>\n]*[^#|&;>\s])", lambda m: f"{m[1]} {text}", commands)
                said = run(commands)
                good = said is not None
            else:
                continue
            print(f"{'ok' if good else 'not ok'} {page}:{number}: {what} {text}".rstrip(), flush=True)


main()
