#!/usr/bin/env python3
"""Takes the backbones that the tests compare with out of timm.json of make_golden.py and adds, from timm in double precision,
the norm of every parameter's gradient for the upper left 64 x 64 of the inputs: in float32 the gradients of a deep stem
depend on the order of summation in their third digit.

usage: cut_timm.py TIMM.json OUT.json NAME...      needs timm, torch and what make_golden.py imports
"""
import json
import sys

import numpy as np
import timm
import torch

source, out, names = sys.argv[1], sys.argv[2], sys.argv[3:]
from make_golden import fill  # noqa: E402


def gradient_norms(name):
    model = timm.create_model(name, num_classes=19, in_chans=1)
    for key, value in model.state_dict().items():
        if value.dtype == torch.float32:
            value.copy_(torch.from_numpy(fill(key, tuple(value.shape))))
    x = torch.from_numpy(np.stack([fill(f"input{i}", (1, 128, 160)) for i in range(2)])).clamp(-1, 1)
    model.double().train()
    logits = model(x[:, :, :64, :64].double())
    torch.nn.functional.cross_entropy(logits, torch.tensor([3, 11])).backward()
    return [float(f"{float(p.grad.norm()):.9g}") for p in model.parameters()]


golden = json.load(open(source))
golden["backbones"] = {name: golden["backbones"][name] for name in names}
for name, values in golden["backbones"].items():
    values["gradient_norms_f64"] = gradient_norms(name)
json.dump(golden, open(out, "w"), indent=None, separators=(",", ":"))
