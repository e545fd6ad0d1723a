"""Writes decoder blocks whose attention is masked in the ways that exporters know: python3 decoder-blocks.py FOLDER NAME…"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# 256: what the recorded engine of a transformer takes (test/support/recorded-gpu).
N, D = 4, 256
negative = float("-inf")
random = np.random.default_rng(7)


def weight(name, *shape):
    return numpy_helper.from_array((random.standard_normal(shape) / 4).astype(np.float32), name)


def node(operator, inputs, output, name=None, **attributes):
    return helper.make_node(operator, inputs, [output], name=name or output, **attributes)


def scalar(name, value, data_type=TensorProto.FLOAT):
    return helper.make_tensor(name, data_type, [], [value])


def block(mask_nodes, *, mask="mask", initializers=(), inputs=(), functions=(), apply="Add"):
    """x → scores → masked → probabilities → y. `mask_nodes` make the mask; with `apply` None, they make `masked` out of `scores`."""
    nodes = [
        node("MatMul", ["x", "wq"], "q"),
        node("MatMul", ["x", "wk"], "k"),
        node("MatMul", ["x", "wv"], "v"),
        node("Transpose", ["k"], "kt", perm=[0, 2, 1]),
        node("MatMul", ["q", "kt"], "scores"),
        *mask_nodes,
        *([node(apply, ["scores", mask], "masked")] if apply else []),
        node("Softmax", ["masked"], "probabilities", axis=-1),
        node("MatMul", ["probabilities", "v"], "attended"),
        node("Add", ["x", "attended"], "y"),
    ]
    graph = helper.make_graph(
        nodes,
        "block",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, N, D]), *inputs],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, N, D])],
        [weight("wq", D, D), weight("wk", D, D), weight("wv", D, D), *initializers],
    )
    imports = [helper.make_opsetid("", 17), *([helper.make_opsetid("own", 1)] if functions else [])]
    return helper.make_model(graph, opset_imports=imports, functions=list(functions), ir_version=8)


def sizes():
    """n, and n by n, as values of the run."""
    return [
        node("Shape", ["x"], "shape", start=1, end=2),
        node("Concat", ["shape", "shape"], "square", axis=0),
    ]


def filled(output, value, size="square"):
    return node("ConstantOfShape", [size], output, value=helper.make_tensor("value", TensorProto.FLOAT, [1], [value]))


causal = np.triu(np.full((N, N), negative, np.float32), 1)
row = np.full((N, N), 0, np.float32)
row[0] = negative
smallest = float(np.finfo(np.float32).min)

blocks = {
    # The mask is an initializer, or a Constant that is moved about.
    "constant": lambda: block([], initializers=[numpy_helper.from_array(causal, "mask")]),
    "folded": lambda: block(
        [
            node("Constant", [], "flat", value=numpy_helper.from_array(causal.reshape(-1))),
            node("Reshape", ["flat", "dims"], "mask"),
        ],
        initializers=[helper.make_tensor("dims", TensorProto.INT64, [2], [N, N])],
    ),
    # As torch.masked_fill is exported: positions are compared, and where they are not allowed there is -inf.
    "where": lambda: block(
        [
            node("Shape", ["x"], "n1", start=1, end=2),
            node("Squeeze", ["n1"], "n"),
            node("Range", ["zero", "n", "one"], "columns"),
            node("Unsqueeze", ["columns", "last"], "rows"),
            node("LessOrEqual", ["columns", "rows"], "allowed"),
            node("Where", ["allowed", "scores", "fill"], "masked"),
        ],
        initializers=[
            scalar("zero", 0, TensorProto.INT64),
            scalar("one", 1, TensorProto.INT64),
            helper.make_tensor("last", TensorProto.INT64, [1], [1]),
            scalar("fill", negative),
        ],
        apply=None,
    ),
    # torch.triu(torch.full((n, n), -inf), 1)
    "trilu": lambda: block(
        [
            *sizes(),
            filled("full", negative),
            node("Trilu", ["full", "one"], "upper", upper=1),
            node("Unsqueeze", ["upper", "first"], "mask"),
        ],
        initializers=[
            scalar("one", 1, TensorProto.INT64),
            helper.make_tensor("first", TensorProto.INT64, [1], [0]),
        ],
    ),
    # torch.triu(torch.ones(n, n), 1) * -inf: zero times infinity.
    "product": lambda: block(
        [
            *sizes(),
            filled("ones", 1.0),
            node("Trilu", ["ones", "one"], "upper", upper=1),
            node("Mul", ["upper", "infinity"], "mask"),
        ],
        initializers=[scalar("one", 1, TensorProto.INT64), scalar("infinity", negative)],
    ),
    "input": lambda: block([], inputs=[helper.make_tensor_value_info("mask", TensorProto.FLOAT, [N, N])]),
    # Padding on the left: the first row sees nothing.
    "row": lambda: block([], initializers=[numpy_helper.from_array(row, "mask")]),
    # The least float, which is infinite in float16.
    "cast": lambda: block(
        [
            node("Cast", ["least"], "half", to=TensorProto.FLOAT16),
            node("Cast", ["scores"], "half_scores", to=TensorProto.FLOAT16),
            node("Where", ["allowed", "half_scores", "half"], "half_masked"),
            node("Cast", ["half_masked"], "masked", to=TensorProto.FLOAT),
        ],
        initializers=[scalar("least", smallest), numpy_helper.from_array(causal == 0, "allowed")],
        apply=None,
    ),
    "function": lambda: block(
        [*sizes(), helper.make_node("causal", ["square"], ["mask"], name="mask", domain="own")],
        functions=[
            helper.make_function(
                "own",
                "causal",
                ["size"],
                ["result"],
                [
                    filled("full", negative, "size"),
                    node("Constant", [], "k", value_int=1),
                    node("Trilu", ["full", "k"], "result", upper=1),
                ],
                [helper.make_opsetid("", 17)],
            )
        ],
    ),
    "choice": lambda: block(
        [
            helper.make_node(
                "If",
                ["is_causal"],
                ["mask"],
                name="mask",
                then_branch=helper.make_graph(
                    [node("Identity", ["causal"], "then_mask")],
                    "then",
                    [],
                    [helper.make_tensor_value_info("then_mask", TensorProto.FLOAT, [N, N])],
                    [numpy_helper.from_array(causal, "causal")],
                ),
                else_branch=helper.make_graph(
                    [node("Constant", [], "else_mask", value=numpy_helper.from_array(np.zeros_like(causal)))],
                    "else",
                    [],
                    [helper.make_tensor_value_info("else_mask", TensorProto.FLOAT, [N, N])],
                ),
            )
        ],
        inputs=[helper.make_tensor_value_info("is_causal", TensorProto.BOOL, [])],
    ),
    # -inf that is no mask: it comes up in the run, though a mask is there, too.
    "logarithm": lambda: block(
        [
            node("Relu", ["scores"], "positive"),
            node("Mul", ["positive", "nothing"], "zeros"),
            node("Log", ["zeros"], "logs"),
            node("Add", ["logs", "mask"], "masked"),
        ],
        initializers=[numpy_helper.from_array(causal, "mask"), scalar("nothing", 0.0)],
        apply=None,
    ),
    "overflow": lambda: block(
        [
            node("Abs", ["scores"], "sizes"),
            node("Mul", ["sizes", "huge"], "big"),
            node("Mul", ["big", "more"], "beyond"),
            node("Max", ["beyond", "mask"], "masked"),
        ],
        initializers=[numpy_helper.from_array(causal, "mask"), scalar("huge", -1e34), scalar("more", 1e9)],
        apply=None,
    ),
}

folder, *names = sys.argv[1:]
for name in names:
    model = blocks[name]()
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, f"{name}.onnx"))
