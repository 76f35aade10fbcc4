#!/usr/bin/env python3
"""Opens every file of a run as a Python user would: h5py the store and the predictions, safetensors the checkpoints.
usage: open_run.py RUN"""
import pathlib, sys

import h5py
import numpy as np
import safetensors.numpy

run = pathlib.Path(sys.argv[1])
shards = sorted((run / "features").glob("shard-*.h5"))
assert shards, "no shards"
for path in shards:
    with h5py.File(path) as shard:
        assert shard.attrs["format"] == "foldwave-features", shard.attrs["format"]
        n = len(shard["song_id"])
        mel, offset = shard["mel"], shard["frame_offset"][:]
        assert mel.dtype == np.float16 and mel.shape == (offset[-1], shard.attrs["n_mels"]), (mel.dtype, mel.shape)
        assert np.isfinite(mel[:]).all() and mel[:].max() <= 0
        assert shard["mfcc"].dtype == np.float32 and len(shard["mfcc"]) == offset[-1]
        assert shard["mfcc_summary"].shape == (n, 4 * shard.attrs["n_mfcc"])
        assert shard["waveform"].dtype == np.int16 and len(shard["waveform"]) == shard["waveform_offset"][-1]
predictions = sorted(run.glob("trials/**/oof.h5")) + sorted(run.glob("trials/**/test.h5")) + sorted(run.glob("ensemble/*.h5"))
assert predictions, "no predictions"
for path in predictions:
    with h5py.File(path) as table:
        p = table["probability"][:]
        assert p.dtype == np.float32 and len(p) == len(table["song_id"].asstr()[:]) == len(table["label"])
        assert abs(p.sum(1) - 1).max() < 1e-4, path
checkpoints = sorted(run.glob("trials/**/final.safetensors"))
assert checkpoints, "no checkpoints"
for path in checkpoints:
    tensors = safetensors.numpy.load_file(path)
    assert tensors and all(np.isfinite(t).all() for t in tensors.values()), path
    if "resnet18" in str(path):
        assert tensors["conv1.weight"].shape == (64, 1, 7, 7) and "fc.bias" in tensors and "bn1.num_batches_tracked" in tensors
print(f"{len(shards)} shards, {len(predictions)} prediction files, {len(checkpoints)} checkpoints")
