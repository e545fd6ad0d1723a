"""Models for the GPU programs, with inputs and what ONNX Runtime makes of them.

usage: make-models.py FOLDER [NAME…]      needs numpy, onnx, onnxruntime; without names, all are made

Per model NAME: NAME/model.onnx, NAME/changed.onnx (the same with other weights), and raw files named in NAME/model.json: the inputs, the
outputs of both models and some values in between.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def convolutions(random):
    """Three convolutions with pooling, and a classifier: fixed shapes."""
    weights = {
        "w0": random.standard_normal((16, 3, 3, 3)) * 0.3,
        "b0": random.standard_normal(16) * 0.1,
        "w1": random.standard_normal((32, 16, 3, 3)) * 0.1,
        "b1": random.standard_normal(32) * 0.1,
        "w2": random.standard_normal((10, 32)) * 0.2,
    }
    nodes = [
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], "conv0", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c0"], ["r0"], "relu0"),
        helper.make_node("MaxPool", ["r0"], ["p0"], "pool0", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p0", "w1", "b1"], ["c1"], "conv1", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"], "relu1"),
        helper.make_node("GlobalAveragePool", ["r1"], ["g"], "mean"),
        helper.make_node("Flatten", ["g"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "w2"], ["y"], "classifier", transB=1),
    ]
    return nodes, weights, {"x": [2, 3, 64, 64]}, {"x": [2, 3, 64, 64]}, {"y": [2, 10]}


def layers(random):
    """Two matrix products with a dynamic batch."""
    weights = {
        "w0": random.standard_normal((256, 512)) * 0.05,
        "b0": random.standard_normal(512) * 0.1,
        "w1": random.standard_normal((512, 128)) * 0.05,
    }
    nodes = [
        helper.make_node("MatMul", ["x", "w0"], ["m0"], "fc0"),
        helper.make_node("Add", ["m0", "b0"], ["a0"], "bias0"),
        helper.make_node("Relu", ["a0"], ["r0"], "relu0"),
        helper.make_node("MatMul", ["r0", "w1"], ["y"], "fc1"),
    ]
    return nodes, weights, {"x": ["batch", 256]}, {"x": [8, 256]}, {"y": ["batch", 128]}


def transformer(random):
    """A block of attention and a feed-forward net: 4 heads, width 256, dynamic batch and length."""
    width, heads, inner = 256, 4, 1024
    weights = {name: random.standard_normal((width, width)) * 0.05 for name in ("wq", "wk", "wv", "wo")}
    weights |= {"w1": random.standard_normal((width, inner)) * 0.05, "w2": random.standard_normal((inner, width)) * 0.05}
    weights |= {name: np.ones(width) for name in ("s0", "s1")} | {name: np.zeros(width) for name in ("z0", "z1")}
    integers = {"split": [0, 0, heads, width // heads], "join": [0, 0, width]}
    node = helper.make_node
    nodes = [node("LayerNormalization", ["x", "s0", "z0"], ["n0"], "norm0")]
    for name in ("q", "k", "v"):
        nodes += [
            node("MatMul", ["n0", f"w{name}"], [f"{name}0"], f"{name}_proj"),
            node("Reshape", [f"{name}0", "split"], [f"{name}1"], f"{name}_heads"),
            node("Transpose", [f"{name}1"], [f"{name}2"], f"{name}_transpose", perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]),
        ]
    nodes += [
        node("MatMul", ["q2", "k2"], ["scores"], "attention_scores"),
        node("Mul", ["scores", "scale"], ["scaled"], "attention_scale"),
        node("Softmax", ["scaled"], ["probabilities"], "attention_softmax", axis=-1),
        node("MatMul", ["probabilities", "v2"], ["mixed"], "attention_mix"),
        node("Transpose", ["mixed"], ["mixed1"], "attention_transpose", perm=[0, 2, 1, 3]),
        node("Reshape", ["mixed1", "join"], ["mixed2"], "attention_join"),
        node("MatMul", ["mixed2", "wo"], ["projected"], "out_proj"),
        node("Add", ["projected", "x"], ["h"], "residual0"),
        node("LayerNormalization", ["h", "s1", "z1"], ["n1"], "norm1"),
        node("MatMul", ["n1", "w1"], ["u"], "up"),
        node("Relu", ["u"], ["g"], "activation"),
        node("MatMul", ["g", "w2"], ["d"], "down"),
        node("Add", ["d", "h"], ["y"], "residual1"),
    ]
    weights = {**weights, "scale": np.array((width // heads) ** -0.5)}
    return nodes, {**weights, **integers}, {"x": ["batch", "length", width]}, {"x": [2, 64, width]}, {"y": ["batch", "length", width]}


def blocks(random):
    """Four feed-forward blocks of width 2048, 268 MB: what weight streaming is for."""
    width, inner = 2048, 4096
    weights, nodes, value = {}, [], "x"
    for index in range(4):
        weights |= {
            f"up{index}": random.standard_normal((width, inner), np.float32) * np.float32(0.02),
            f"down{index}": random.standard_normal((inner, width), np.float32) * np.float32(0.02),
        }
        nodes += [
            helper.make_node("MatMul", [value, f"up{index}"], [f"u{index}"], f"block{index}_up"),
            helper.make_node("Relu", [f"u{index}"], [f"g{index}"], f"block{index}_activation"),
            helper.make_node("MatMul", [f"g{index}", f"down{index}"], [f"d{index}"], f"block{index}_down"),
            helper.make_node("Add", [f"d{index}", value], ["y" if index == 3 else f"h{index}"], f"block{index}_residual"),
        ]
        value = f"h{index}"
    return nodes, weights, {"x": ["batch", width]}, {"x": [16, width]}, {"y": ["batch", width]}


def wide(random):
    """One matrix product whose weight (134 MB) and input (82 MB) are larger than what koffi copies at a time."""
    weights = {"w": random.standard_normal((4096, 8192), np.float32) * np.float32(0.02)}
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"], "product")]
    return nodes, weights, {"x": ["batch", 4096]}, {"x": [5000, 4096]}, {"y": ["batch", 8192]}


def model_of(nodes, weights, inputs, outputs):
    def initializer(name, values):
        kind = np.int64 if isinstance(values, list) else np.float32
        return numpy_helper.from_array(np.asarray(values, kind), name)

    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [initializer(name, values) for name, values in weights.items()],
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model, full_check=True)
    return model


def write(folder, name, values):
    path = folder / f"{name}.bin"
    values.tofile(path)
    return {"file": path.name, "dims": list(values.shape)}


def write_plugin_model(folder):
    """A node of the plugin in test/support/plugins between two matrix products: y = 3 (x w0) w1."""
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(2)
    weights = {"w0": random.standard_normal((64, 32), np.float32), "w1": random.standard_normal((32, 16), np.float32)}
    nodes = [
        helper.make_node("MatMul", ["x", "w0"], ["m"], "first"),
        helper.make_node("Scaled", ["m"], ["s"], "scaled", factor=3.0),
        helper.make_node("MatMul", ["s", "w1"], ["y"], "second"),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, 16])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), folder / "model.onnx")
    values = random.standard_normal((4, 64), np.float32)
    record = {
        "inputs": {"x": write(folder, "input-x", values)},
        "model": {"y": write(folder, "model-y", (values @ weights["w0"] * np.float32(3)) @ weights["w1"])},
        "weights": {},
    }
    (folder / "model.json").write_text(json.dumps(record, indent=1))


# Values in between that debug tensors are compared with.
compared = {("model", name) for name in ("n0", "scaled", "probabilities", "h", "r0", "c1", "m0")}


def main(root, wanted):
    # TensorRT 10.6 ends with an LLVM error on this one.
    tiny = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["r"]), helper.make_node("Neg", ["r"], ["n"]), helper.make_node("Softmax", ["n"], ["y"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 8])],
    )
    onnx.save(helper.make_model(tiny, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), root / "softmax.onnx")
    if not wanted or "plugin" in wanted:
        write_plugin_model(root / "plugin")
    for make in (convolutions, layers, transformer, blocks, wide):
        if wanted and make.__name__ not in wanted:
            continue
        folder = root / make.__name__
        folder.mkdir(exist_ok=True)
        nodes, weights, inputs, feeds, outputs = make(np.random.default_rng(0))
        # Nobody refits the large one.
        variants = [("model", weights)]
        changed = {} if make is blocks else {k: v if isinstance(v, list) or k == "scale" else np.asarray(v) * 1.5 + 0.01 for k, v in weights.items()}
        if changed:
            variants.append(("changed", changed))
        random = np.random.default_rng(1)
        values = {name: random.standard_normal(shape).astype(np.float32) for name, shape in feeds.items()}
        record = {"inputs": {name: write(folder, f"input-{name}", array) for name, array in values.items()}}
        for variant, parameters in variants:
            model = model_of(nodes, parameters, inputs, outputs)
            onnx.save(model, folder / f"{variant}.onnx")
            between = onnx.ModelProto.FromString(model.SerializeToString())
            names = [output for node in nodes for output in node.output]
            del between.graph.output[:]
            between.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
            results = onnxruntime.InferenceSession(between.SerializeToString(), providers=["CPUExecutionProvider"]).run(names, values)
            kept = {name: array for name, array in zip(names, results) if name in outputs or (variant, name) in compared}
            record[variant] = {name: write(folder, f"{variant}-{name}", array) for name, array in kept.items()}
        record["weights"] = {
            name: write(folder, f"changed-weights-{name}", np.asarray(values, np.float32))
            for name, values in changed.items()
            if not isinstance(values, list)
        }
        (folder / "model.json").write_text(json.dumps(record, indent=1))


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
main(folder, sys.argv[2:])
