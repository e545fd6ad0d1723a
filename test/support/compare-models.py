"""Compares the models of two folders as protobuf does, fields that it does not know included: compare-models.py ONE OTHER

Prints the name of each model that differs or is missing from the other folder, then how many were compared.
"""

import pathlib
import sys

import onnx

one, other = map(pathlib.Path, sys.argv[1:])
names = sorted(path.name for path in one.glob("*.onnx"))
for name in names:
    try:
        models = [onnx.ModelProto.FromString((folder / name).read_bytes()) for folder in (one, other)]
        # Not ==, for which no NaN is equal to itself.
        first, second = (model.SerializePartialToString(deterministic=True) for model in models)
        if first != second:
            print(name)
    except Exception as error:
        print(f"{name}: {error}")
print(f"{len(names)} compared")
