#!/usr/bin/env python3
"""Cuts the small copies of the librosa reference that the tests read: in single precision, with the resampled and the
pitch-shifted signals of few cases or none.

usage: cut.py GOLDEN_DIR OUT_DIR        (GOLDEN_DIR holds librosa.h5 and spectral.h5, as make_golden.py writes them)
"""
import pathlib
import sys

import h5py
import numpy as np

RESAMPLED = {"short", "one_sample", "clicks"}
PITCH_SHIFTED = {"padded_tone/pitch_+1.5", "noise/pitch_-2.0"}
PACK = dict(compression="gzip", compression_opts=9, shuffle=True, track_times=False)


def wanted(name):
    case, _, what = name.partition("/")
    if what.startswith("pitch"):
        return any(name.startswith(kept) for kept in PITCH_SHIFTED)
    if "db_ref_one" in what:
        return False
    if "db_ref_max" in what:
        return what.startswith("mel_0")
    return case in RESAMPLED or not what.startswith("resample")


def cut(source, target):
    def copy(name, item):
        if not wanted(name):
            return
        if isinstance(item, h5py.Dataset):
            target.create_dataset(name, data=item[()].astype(np.float32), **PACK)
        else:
            target.require_group(name).attrs.update(item.attrs)

    source.visititems(copy)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for name in ("librosa.h5", "spectral.h5"):
        with h5py.File(pathlib.Path(sys.argv[1]) / name) as full, h5py.File(pathlib.Path(sys.argv[2]) / name, "w") as small:
            cut(full, small)
