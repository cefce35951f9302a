#!/usr/bin/python3
"""Reads what `simulate --export npz` wrote by nothing but Python's own modules, and compares with the run.

usage: npz.py FOLDER FILE     FOLDER: an algorithm's, with parameters.bin and parameters.json
Every array is bit for bit the bytes of parameters.bin under its name, with its shape; the zip has no other."""
import ast
import json
import struct
import sys
import zipfile
from math import prod
from pathlib import Path


def array(data):
    """(shape, bytes of the numbers) of a .npy file, version 1.0."""
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    (length,) = struct.unpack("<H", data[8:10])
    head = data[10 : 10 + length]
    assert (10 + length) % 64 == 0 and head.endswith(b"\n"), head
    said = ast.literal_eval(head.decode())
    assert said["descr"] == "<f4" and said["fortran_order"] is False, said
    return list(said["shape"]), data[10 + length :]


def main(folder, file):
    names = json.load(open(Path(folder, "parameters.json")))
    values = Path(folder, "parameters.bin").read_bytes()
    wanted = names["tensors"] + names["buffers"]
    assert sum(prod(t["shape"]) for t in wanted) * 4 == len(values)
    assert sum(prod(t["shape"]) for t in names["buffers"]) == names["statistics"]
    with zipfile.ZipFile(file) as z:
        assert z.testzip() is None
        assert z.namelist() == [t["name"] + ".npy" for t in wanted], z.namelist()
        for info, t in zip(z.infolist(), wanted):
            assert info.compress_type == zipfile.ZIP_STORED and info.date_time == (1980, 1, 1, 0, 0, 0), info
            shape, numbers = array(z.read(info))
            assert shape == t["shape"], (t, shape)
            assert numbers == values[t["offset"] : t["offset"] + 4 * prod(shape)], t
    print(len(wanted), "arrays,", len(values), "bytes")


main(*sys.argv[1:])
