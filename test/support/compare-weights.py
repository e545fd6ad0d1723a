"""Whether models hold the same tensors: compare-weights.py BEFORE AFTER

Loads both with their external data. Prints, as JSON, which tensors of the second one are external, and whether the models are equal
otherwise: names, types, values of all initializers, and everything else.
"""

import json
import sys

import onnx
from onnx import numpy_helper

before, after = (onnx.load(path, load_external_data=False) for path in sys.argv[1:])
external = [tensor.name for tensor in after.graph.initializer if tensor.data_location == onnx.TensorProto.EXTERNAL]
before, after = (onnx.load(path) for path in sys.argv[1:])


def tensors(model):
    return [(t.name, t.data_type, list(t.dims), numpy_helper.to_array(t).tobytes()) for t in model.graph.initializer]


same = tensors(before) == tensors(after)
for model in (before, after):
    del model.graph.initializer[:]
print(json.dumps({"external": external, "same": same and before == after}))
