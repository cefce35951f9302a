#!/usr/bin/env python3
"""Runs a command in a terminal of its own and shows what stands on its screen at the end.

usage: terminal.py COLUMNS[,COLUMNS...] COMMAND...

With several widths the terminal changes from one to the next every 0.7 s. Knows what a progress line needs: carriage return, line feed,
erase to the end of the line or screen, up, colours. Lines that are too long go on in the next row, as on a real one, and are
rows of their own afterwards. Exit status: the command's."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

EVERY = 0.7  # seconds


class Screen:
    def __init__(self, columns):
        self.columns, self.rows, self.row, self.column, self.coloured = columns, [""], 0, 0, False

    def resize(self, columns):
        """As most terminals do: what has become too long for a row is broken."""
        self.columns = columns
        whole = "\n".join(self.rows)
        self.rows = [part for row in whole.split("\n") for part in (re.findall(f".{{1,{columns}}}", row) or [""])]
        self.row, self.column = len(self.rows) - 1, len(self.rows[-1])

    def put(self, c):
        if self.column == self.columns:
            self.down()
            self.column = 0
        row = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = row[: self.column] + c + row[self.column + 1 :]
        self.column += 1

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")

    def control(self, number, letter):
        if letter == "K":
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif letter == "J":
            self.rows = self.rows[: self.row + 1]
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif letter == "A":
            self.row = max(0, self.row - int(number or 1))
        elif letter == "m":
            self.coloured = True
        else:
            raise SystemExit(f"terminal.py: ESC [ {number} {letter} is not known")

    def write(self, text):
        for part in re.findall(r"\033\[([0-9;]*)([A-Za-z])|([^\033])", text):
            if part[1]:
                self.control(part[0], part[1])
            elif part[2] == "\r":
                self.column = 0
            elif part[2] == "\n":
                self.down()
            else:
                self.put(part[2])


def set_width(fd, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def main():
    widths, command = [int(w) for w in sys.argv[1].split(",")], sys.argv[2:]
    pid, fd = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(command[0], command)
    set_width(fd, widths[0])
    screen, text, pending, changed = Screen(widths[0]), b"", "", time.monotonic()
    while True:
        if len(widths) > 1 and time.monotonic() - changed > EVERY:
            widths = widths[1:]
            set_width(fd, widths[0])
            screen.resize(widths[0])
            changed = time.monotonic()
        if not select.select([fd], [], [], 0.05)[0]:
            continue
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        text += got
        whole = text.decode(errors="ignore")
        cut = re.search(r"\033[^A-Za-z]*$", whole)  # a sequence that is not complete yet
        end = cut.start() if cut else len(whole)
        screen.write(whole[len(pending) : end] if whole.startswith(pending) else whole[:end])
        pending = whole[:end]
    print("\n".join(row.rstrip() for row in screen.rows))
    if screen.coloured:
        print("(coloured)")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
