"""Makes the benchmark's models, the same ones every time.   usage: make-models.py FOLDER [NAME …]

weights      2.1 GB in 100 initializers, 200 nodes: what reading weights costs
transformer  3,000 nodes and 50 MB, shapes computed by Shape, Gather, Concat and Reshape as exporters write them
nodes        100,000 nodes, 25,000 small initializers, 50 local functions, 28 MB: what counting nodes costs
mlir         the graph of `nodes` in MLIR's generic form, one line per operation, with the types that onnx infers
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(nodes, name, inputs, outputs, initializers, path, functions=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=OPSETS, functions=functions, ir_version=9, producer_name="bench")
    with open(path, "wb") as file:
        file.write(model.SerializeToString())
    print(f"{path}: {os.path.getsize(path) / 1e6:.0f} MB, {len(nodes)} nodes", file=sys.stderr)


def weights(path):
    """Chain of MatMul and Relu over square matrices of 21 MB each, kept under protobuf's 2 GiB."""
    side = 2290
    random = np.random.default_rng(1).standard_normal((side, side), dtype=np.float32)
    nodes, initializers, last = [], [], "x"
    for k in range(100):
        initializers.append(numpy_helper.from_array(np.roll(random, k, axis=0), f"w{k}"))
        nodes.append(helper.make_node("MatMul", [last, f"w{k}"], [f"m{k}"], name=f"/layers.{k}/MatMul"))
        nodes.append(helper.make_node("Relu", [f"m{k}"], [f"r{k}"], name=f"/layers.{k}/Relu"))
        last = f"r{k}"
    save(nodes, "weights", [value("x", ["batch", side])], [value(last, ["batch", side])], initializers, path)


class Builder:
    """Names values after the path of the module that makes them, like exporters of frameworks do."""

    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def node(self, scope, operator, inputs, **attributes):
        self.count += 1
        name = f"{scope}/{operator}_{self.count}"
        self.nodes.append(helper.make_node(operator, inputs, [f"{name}_output_0"], name=name, **attributes))
        return f"{name}_output_0"

    def initializer(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def constant(self, scope, array):
        return self.node(scope, "Constant", [], value=numpy_helper.from_array(np.asarray(array)))


def transformer(path):
    """50 blocks of attention and feed-forward of width 160."""
    width, heads, random = 160, 4, np.random.default_rng(2)
    build = Builder()

    def linear(scope, x, wide, narrow):
        weight = random.standard_normal((wide, narrow), dtype=np.float32) * 0.05
        y = build.node(scope, "MatMul", [x, build.initializer(f"{scope}.weight", weight)])
        return build.node(scope, "Add", [y, build.initializer(f"{scope}.bias", np.zeros(narrow, np.float32))])

    def layer_norm(scope, x):
        axes = [-1]
        centred = build.node(scope, "Sub", [x, build.node(scope, "ReduceMean", [x], axes=axes)])
        square = build.node(scope, "Pow", [centred, build.constant(scope, np.float32(2))])
        variance = build.node(scope, "ReduceMean", [square], axes=axes)
        deviation = build.node(scope, "Sqrt", [build.node(scope, "Add", [variance, build.constant(scope, np.float32(1e-5))])])
        scaled = build.node(scope, "Mul", [build.node(scope, "Div", [centred, deviation]),
                                           build.initializer(f"{scope}.scale", np.ones(width, np.float32))])
        return build.node(scope, "Add", [scaled, build.initializer(f"{scope}.bias", np.zeros(width, np.float32))])

    def dimension(scope, x, index):
        shape = build.node(scope, "Shape", [x])
        size = build.node(scope, "Gather", [shape, build.constant(scope, np.int64(index))], axis=0)
        return build.node(scope, "Unsqueeze", [size, build.constant(scope, np.array([0], np.int64))])

    x = "tokens"
    for k in range(50):
        scope = f"/blocks.{k}/attention"
        normal = layer_norm(f"/blocks.{k}/norm1", x)
        sizes = [dimension(scope, normal, 0), dimension(scope, normal, 1)]
        split = build.node(scope, "Concat", [*sizes, build.constant(scope, np.array([heads, width // heads], np.int64))], axis=0)
        joined = build.node(scope, "Concat", [*sizes, build.constant(scope, np.array([width], np.int64))], axis=0)
        parts = {}
        for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            y = linear(f"{scope}/{part}", normal, width, width)
            parts[part] = build.node(scope, "Transpose", [build.node(scope, "Reshape", [y, split])], perm=order)
        score = build.node(scope, "MatMul", [parts["query"], parts["key"]])
        score = build.node(scope, "Div", [score, build.constant(scope, np.float32((width // heads) ** 0.5))])
        mixed = build.node(scope, "MatMul", [build.node(scope, "Softmax", [score], axis=-1), parts["value"]])
        mixed = build.node(scope, "Reshape", [build.node(scope, "Transpose", [mixed], perm=[0, 2, 1, 3]), joined])
        x = build.node(scope, "Add", [x, linear(f"{scope}/out", mixed, width, width)])
        scope = f"/blocks.{k}/mlp"
        hidden = linear(f"{scope}/in", layer_norm(f"/blocks.{k}/norm2", x), width, 4 * width)
        gate = build.node(scope, "Sigmoid", [hidden])
        x = build.node(scope, "Add", [x, linear(f"{scope}/out", build.node(scope, "Mul", [hidden, gate]), 4 * width, width)])
    shape = ["batch", "sequence", width]
    save(build.nodes, "transformer", [value("tokens", shape)], [value(x, shape)], build.initializers, path)


def nodes(path):
    """Residual convolutions whose activations are calls of local functions."""
    random, build = np.random.default_rng(3), Builder()
    functions = []
    for k in range(50):
        body = [helper.make_node("Sigmoid", ["x"], ["s"]), helper.make_node("Mul", ["x", "s"], ["t"]),
                helper.make_node("Mul", ["t", "w"], ["y"])]
        functions.append(helper.make_function("local", f"activation{k}", ["x", "w"], ["y"], body, OPSETS))
    x = "image"
    for k in range(5000):
        scope = f"/stages.{k // 100}/blocks.{k % 100}"
        last = x
        for j in range(4):
            weight = build.initializer(f"{scope}.conv{j}.weight", random.standard_normal((4, 4, 3, 3), dtype=np.float32))
            x = build.node(scope, "Conv", [x, weight], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            for operator in ("Relu", "Neg", "Abs"):
                x = build.node(scope, operator, [x])
        scale = build.initializer(f"{scope}.scale", np.ones((4, 1, 1), np.float32))
        for operator in ("Tanh", "Exp"):
            x = build.node(scope, operator, [x])
        x = build.node(scope, f"activation{k % 50}", [x, scale], domain="local")
        x = build.node(scope, "Add", [x, last])
    shape = ["batch", 4, 32, 32]
    save(build.nodes, "nodes", [value("image", shape)], [value(x, shape)], build.initializers, path, functions)


def mlir(path):
    """Unregistered operations, which is how MLIR's own tools see a dialect that they were not built with."""
    model = onnx.shape_inference.infer_shapes(onnx.load(os.path.join(os.path.dirname(path), "nodes.onnx")))
    graph, types = model.graph, {}
    for info in [*graph.value_info, *graph.input, *graph.output]:
        tensor = info.type.tensor_type
        dims = [str(dim.dim_value) if dim.HasField("dim_value") else "?" for dim in tensor.shape.dim]
        types[info.name] = f"tensor<{'x'.join([*dims, 'f32'])}>"
    for tensor in graph.initializer:
        types[tensor.name] = f"tensor<{'x'.join([*map(str, tensor.dims), 'f32'])}>"

    def name(value):
        return "%" + value.strip("/").replace("/", "_")

    def attribute(a):
        content = helper.get_attribute_value(a)
        return f"{a.name} = {content} : i64" if isinstance(content, int) else f"{a.name} = [{', '.join(map(str, content))}]"

    def operation(node, type_of, **extra):
        attributes = ", ".join([*(f'{key} = "{text}"' for key, text in extra.items()), *map(attribute, node.attribute)])
        operator = f"{node.domain or 'onnx'}.{node.op_type}"
        operands = ", ".join(map(name, node.input))
        signature = f"({', '.join(map(type_of, node.input))}) -> {type_of(node.output[0])}"
        return f'{name(node.output[0])} = "{operator}"({operands}) {{{attributes}}} : {signature}'

    unranked = "tensor<*xf32>"
    lines = ["module {"]
    for function in model.functions:
        parameters = ", ".join(f"{name(value)}: {unranked}" for value in function.input)
        lines.append(f"  func.func private @{function.name}({parameters}) -> {unranked} {{")
        lines += [f"    {operation(node, lambda value: unranked)}" for node in function.node]
        lines += [f"    return {name(function.output[0])} : {unranked}", "  }"]
    known = lambda value: types.get(value, unranked)
    first, last = graph.input[0].name, graph.output[0].name
    lines.append(f"  func.func @main({name(first)}: {known(first)}) -> {known(last)} {{")
    for tensor in graph.initializer:
        lines.append(f'    {name(tensor.name)} = "onnx.Initializer"() {{name = "{tensor.name}"}} : () -> {known(tensor.name)}')
    lines += [f"    {operation(node, known, onnx_node_name=node.name)}" for node in graph.node]
    lines += [f"    return {name(last)} : {known(last)}", "  }", "}", ""]
    with open(path, "w") as file:
        file.write("\n".join(lines))
    print(f"{path}: {os.path.getsize(path) / 1e6:.0f} MB, {len(graph.node)} operations", file=sys.stderr)


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    makers = {"weights": weights, "transformer": transformer, "nodes": nodes, "mlir": mlir}
    for name in names or makers:
        makers[name](f"{folder}/{'nodes' if name == 'mlir' else name}.{'mlir' if name == 'mlir' else 'onnx'}")
