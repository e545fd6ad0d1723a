"""Writes models into a folder: `make-models.py FOLDER < {"name.onnx": "ONNX text", ...}`, and some that text cannot say."""

import json
import os
import sys

import onnx
from onnx import TensorProto, helper

folder = sys.argv[1]


def path(name):
    return os.path.join(folder, name)


for name, text in json.load(sys.stdin).items():
    onnx.save(onnx.parser.parse_model(text), path(name))

with open(path("nested-functions.onnx"), "rb") as file:
    whole = file.read()
with open(path("truncated.onnx"), "wb") as file:
    file.write(whole[: len(whole) * 2 // 3])


def linear(name, elements, weight):
    """x [N, k] times a weight of `elements` floats."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"], name="multiply"), helper.make_node("Relu", ["y"], ["z"])],
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1024])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["N", elements // 1024])],
        initializer=[weight],
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def external(name, elements, location):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1024, elements // 1024])
    weight.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": str(elements * 4)}.items():
        weight.external_data.add(key=key, value=value)
    return linear(name, elements, weight)


onnx.save(external("missing-data", 1024 * 64, "nowhere.bin"), path("missing-data.onnx"))

# Weights that are shown by reference and must survive a save.
elements = 1024 * 64
weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1024, elements // 1024])
weight.raw_data = bytes(range(256)) * (elements * 4 // 256)
onnx.save(linear("weights", elements, weight), path("weights.onnx"))

# A single protobuf file of almost 2 GiB, the format's limit, whose weight is a hole in a sparse file.
size = 2 * 1000 * 1000 * 1000
elements = size // 4 // 1024 * 1024
small = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1024, elements // 1024])


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, length):
    return varint(number << 3 | 2) + varint(length)


# The graph is written by hand around the hole, as the last field of the model; the weight is the last of the graph.
model = linear("big", elements, small)
del model.graph.initializer[:]
tensor_head = small.SerializeToString() + field(9, elements * 4)
graph_head = model.graph.SerializeToString() + field(5, len(tensor_head) + elements * 4) + tensor_head
model.ClearField("graph")
with open(path("big.onnx"), "wb") as file:
    file.write(model.SerializeToString() + field(7, len(graph_head) + elements * 4) + graph_head)
    file.truncate(file.tell() + elements * 4)
