"""Runs a model with Python's ONNX Runtime, unoptimized, on a capture's inputs: prints per captured value whether it has the same bytes.

python3 compare-intermediate.py MODEL.onnx CAPTURE_FOLDER
"""

import json
import os
import sys

import numpy as np
import onnx
import onnxruntime

model_path, folder = sys.argv[1:]
with open(os.path.join(folder, "debug.json")) as file:
    capture = json.load(file)
model = onnx.load(model_path)
names = [tensor["name"] for tensor in capture["tensors"]]
del model.graph.output[:]
model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
feeds = {entry["name"]: np.load(os.path.join(folder, entry["file"])) for entry in capture["inputs"]}
result = {}
for tensor, expected in zip(capture["tensors"], session.run(names, feeds)):
    found = np.load(os.path.join(folder, tensor["reference"]["file"]))
    statistics = tensor["reference"]["statistics"]
    finite = expected[np.isfinite(expected)].astype(np.float64)
    close = lambda key, value: bool(np.isclose(statistics["finite"][key], value, rtol=1e-9, atol=1e-12))
    result[tensor["name"]] = {
        "dtype": str(found.dtype) == str(expected.dtype),
        "shape": list(found.shape) == list(expected.shape),
        "close": bool(np.allclose(found, expected, rtol=1e-6, atol=1e-6, equal_nan=True)),
        "statistics": finite.size == 0
        or (
            statistics["nan"] == int(np.isnan(expected).sum())
            and close("min", finite.min())
            and close("max", finite.max())
            and bool(np.isclose(statistics["finite"]["mean"], found[np.isfinite(found)].astype(np.float64).mean(), rtol=1e-6, atol=1e-9))
        ),
    }
print(json.dumps(result))
