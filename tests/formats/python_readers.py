"""Opens what tests/formats/python_readers_test.cpp wrote into a folder: python_readers.py FOLDER"""
import importlib.util
import pathlib
import sys

import h5py
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

folder = pathlib.Path(sys.argv[1])

with h5py.File(folder / "arrays.h5") as file:
    for kind in ("float32", "float64", "int16", "int32", "int64", "uint32", "uint64", "float16"):
        assert file[kind].dtype == np.dtype(kind), (kind, file[kind].dtype)
    assert (file["float16"][:] == np.array([-80, 0.1, 2.0**-24], np.float16)).all()
    assert file["uint64"][1] == 2**64 - 1 and file["int16"][0] == -7
    assert file["empty"].shape == (0,)
    assert list(file["text"].asstr()[:]) == ["007", "", "café"]
    assert file.attrs["format"] == "café" and file.attrs["count"] == 3 and file.attrs["rate"] == 0.5
    assert list(file["text"].attrs["columns"]) == ["a", "b"]

tensors = load_file(folder / "weights.safetensors")
assert (tensors["fc.weight"] == np.arange(1, 7, dtype=np.float32).reshape(2, 3)).all()
assert (tensors["odd"] == [1, 2, 3]).all()
with safe_open(folder / "weights.safetensors", "np") as file:
    assert file.metadata() == {"backbone": "resnet18"}

if importlib.util.find_spec("tensorboard"):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    (scalar,) = events.Scalars("val/f1")
    assert (scalar.step, scalar.value, scalar.wall_time) == (3, 0.5, 1000)
