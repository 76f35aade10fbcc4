#!/usr/bin/env python3
"""Cuts the backbones that the tests compare with out of shared/golden/timm.json. usage: cut_timm.py shared/golden/timm.json OUT.json NAME..."""
import json, sys
source, out, names = sys.argv[1], sys.argv[2], sys.argv[3:]
golden = json.load(open(source))
golden["backbones"] = {name: golden["backbones"][name] for name in names}
json.dump(golden, open(out, "w"), indent=None, separators=(",", ":"))
