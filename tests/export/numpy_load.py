#!/usr/bin/python3
"""numpy.load reads FILE as FOLDER/parameters.bin says. usage: numpy_load.py FOLDER FILE"""
import sys
from pathlib import Path

import numpy as np

folder, file = sys.argv[1:]
with np.load(file, allow_pickle=False) as z:
    values = np.concatenate([z[name].ravel() for name in z.files])
    assert all(z[name].dtype == np.float32 and z[name].flags.c_contiguous for name in z.files)
    assert z[z.files[0]].ndim == 4, z[z.files[0]].shape  # a convolution comes first
assert values.tobytes() == Path(folder, "parameters.bin").read_bytes()
