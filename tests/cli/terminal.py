#!/usr/bin/env python3
"""Runs a command in a terminal of its own and shows what stands on its screen at the end.

usage: terminal.py COLUMNS[,COLUMNS...] COMMAND...

With several widths the terminal changes from one to the next every 0.7 s, if something was written meanwhile. Knows what a progress line needs: carriage return, line feed,
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


class Output:
    """What the command writes, shown as it comes."""

    def __init__(self, fd, screen):
        self.fd, self.screen, self.pending, self.seen = fd, screen, b"", 0

    def take(self, seconds):
        """Waits so long for some. True: there was some. None: there will be none any more."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return None
        if not got:
            return None
        self.seen += 1
        self.pending += got
        cut = re.search(rb"(\033[^A-Za-z]*|[\xc0-\xff][\x80-\xbf]*)$", self.pending)  # not complete yet, perhaps
        end = cut.start() if cut and not complete(cut.group()) else len(self.pending)
        self.screen.write(self.pending[:end].decode(errors="ignore"))
        self.pending = self.pending[end:]
        return True


def complete(tail):
    """Whether these bytes are a whole character."""
    try:
        return tail[0] != 0o33 and bool(tail.decode())
    except UnicodeDecodeError:
        return False


def resize(pid, fd, output, columns):
    """While the command stands still, and has been heard out: what it writes next is for the new width."""
    os.kill(pid, signal.SIGSTOP)
    while output.take(0.05):
        pass
    set_width(fd, columns)
    output.screen.resize(columns)
    os.kill(pid, signal.SIGCONT)


def main():
    widths, command = [int(w) for w in sys.argv[1].split(",")], sys.argv[2:]
    pid, fd = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(command[0], command)
    set_width(fd, widths[0])
    screen = Screen(widths[0])
    output, changed, seen = Output(fd, screen), time.monotonic(), 0
    while output.take(0.05) is not None:
        if len(widths) > 1 and output.seen > seen and time.monotonic() - changed > EVERY:
            widths = widths[1:]
            resize(pid, fd, output, widths[0])
            changed, seen = time.monotonic(), output.seen
    print("\n".join(row.rstrip() for row in screen.rows))
    if screen.coloured:
        print("(coloured)")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
