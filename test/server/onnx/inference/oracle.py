"""What onnx.shape_inference knows of the values of models.   usage: oracle.py TARGET FOLDER … > RESULTS.jsonl

Of each model in the FOLDERs it makes variants in TARGET: `plain`, `open` (nothing declared of what nodes make) and `symbolic`
(as `open`, and the dims of inputs are names: equal dims get equal names, 1 stays). One line of JSON per variant: the file and
per graph the types of its values.
"""


import json
import os
import sys

import onnx
from onnx import shape_inference


def type_json(value):
    kind = value.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(value, kind)
        dims = None
        if tensor.HasField("shape"):
            dims = [d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim]
        return {"kind": kind.removesuffix("_type"), "element": tensor.elem_type, "dims": dims}
    if kind in ("sequence_type", "optional_type"):
        return {"kind": kind.removesuffix("_type"), "element": type_json(getattr(value, kind).elem_type)}
    if kind == "map_type":
        return {"kind": "map", "key": value.map_type.key_type, "value": type_json(value.map_type.value_type)}
    return None


def graphs(graph, path):
    values = {}
    for info in [*graph.input, *graph.value_info, *graph.output]:
        values[info.name] = type_json(info.type)
    yield {"path": path, "values": values}
    for index, node in enumerate(graph.node):
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from graphs(attribute.g, [*path, [index, attribute.name]])


def forget(graph):
    """Takes away what is declared of values that nodes make."""
    del graph.value_info[:]
    for output in graph.output:
        output.ClearField("type")
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                forget(attribute.g)


def open_dims(value):
    kind = value.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        for dim in getattr(value, kind).shape.dim:
            if dim.dim_value > 1:
                dim.dim_param = f"d{dim.dim_value}"
    elif kind in ("sequence_type", "optional_type"):
        open_dims(getattr(value, kind).elem_type)


def variants(model):
    yield "plain", model
    forget(model.graph)
    yield "open", model
    constants = {tensor.name for tensor in model.graph.initializer}
    for value in model.graph.input:
        if value.name not in constants:
            open_dims(value.type)
    yield "symbolic", model


def main(target, *folders):
    os.makedirs(target, exist_ok=True)
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            if name.endswith(".onnx"):
                infer(target, name.removesuffix(".onnx"), onnx.load(os.path.join(folder, name)))


def infer(target, name, model):
    for variant, changed in variants(model):
        file = os.path.join(target, f"{name}.{variant}.onnx")
        with open(file, "wb") as out:
            out.write(changed.SerializeToString())
        try:
            inferred = shape_inference.infer_shapes(changed, data_prop=True, strict_mode=False)
            found = {"graphs": list(graphs(inferred.graph, []))}
        except Exception as error:  # Where the oracle itself fails it says nothing.
            found = {"error": str(error)}
        print(json.dumps({"name": name, "variant": variant, "file": file, **found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
