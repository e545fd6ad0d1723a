"""The operators' conformance cases as constant models: constant-models.py make FOLDER OPERATORS | check FOLDER | outputs BEFORE AFTER

make     saves each case of these operators (with commas) whose inputs are tensors as NAME.onnx with the inputs as initializers, and what the case expects as NAME.expected
check    compares each FOLDER/NAME.folded.onnx with what its case expects: prints, as JSON by name, "same" or what differs
outputs  runs the models of two folders that have the same name on the same made-up inputs, with onnxruntime: "same", "not run: …" where
         the first of the two does not run, or what differs
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

warnings.simplefilter("ignore")


def same(a, b):
    """Bit for bit."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes()


def newest_opset(model):
    """The opset of the model's operators at their versions, as new as it can be."""
    version = model.opset_import[0].version
    names = {node.op_type for node in model.graph.node}
    meaning = [onnx.defs.get_schema(name, version).since_version for name in names]
    for newer in range(onnx.defs.onnx_opset_version(), version, -1):
        if [onnx.defs.get_schema(name, newer).since_version for name in names] == meaning:
            return newer
    return version


def save(folder, name, model, outputs):
    onnx.save(model, folder / f"{name}.onnx")
    graph = onnx.helper.make_graph([], "expected", [], [])
    for index, value in enumerate(outputs):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), str(index)))
    (folder / f"{name}.expected").write_bytes(graph.SerializeToString())


def make_own(folder):
    """What the conformance cases have only for types that are not folded; judged by onnxruntime."""
    import onnxruntime

    cases = {
        "sign": "int64[5] x = {-9223372036854775808, -1, 0, 1, 7}> { y = Sign (x) }",
        "cast_narrow": "int64[5] x = {-129, 128, 255, 4294967296, 4294967299}> { y = Cast <to = 6> (x) }",
        "cast_int8": "int64[5] x = {-129, 128, 255, 256, -1}> { y = Cast <to = 3> (x) }",
        "cast_unsigned": "int32[3] x = {-1, 0, 1}> { y = Cast <to = 2> (x) }",
        "cast_to_float": "int64[4] x = {16777217, -16777219, 3, 0}> { y = Cast <to = 1> (x) }",
        "cast_truncates": "float[6] x = {-1.5, 1.9999, -0.3, 2147483520, 0, -2147483648}> { y = Cast <to = 6> (x) }",
        "cast_to_bool": "float[4] x = {-0.0, 0.5, -1, inf}> { y = Cast <to = 9> (x) }",
        "cast_from_bool": "bool[2] x = {0, 1}> { y = Cast <to = 1> (x) }",
        "cast_rounds": "double[3] x = {0.1, 1e300, -1e-50}> { y = Cast <to = 1> (x) }",
        "cast_widens": "float[3] x = {0.1, 3.4e38, -1e-45}> { y = Cast <to = 11> (x) }",
        "reduce_all": "int64[2,3] x = {1, 2, 3, -4, 5, 6}> { y = ReduceProd <keepdims = 0> (x) }",
        "reduce_sum": "int64[2,3] x = {1, 2, 3, -4, 5, 6}, int64[1] a = {-1}> { y = ReduceSum (x, a) }",
        "reduce_noop": "int64[2] x = {1, 2}, int64[0] a = {}> { y = ReduceSum <noop_with_empty_axes = 1> (x, a) }",
        "reduce_max": "int32[2,2,2] x = {1, 2, 3, -4, 5, 6, 7, 8}, int64[2] a = {0, 2}> { y = ReduceMax (x, a) }",
        "reduce_min": "int32[2,2] x = {1, 2, 3, -4}, int64[1] a = {0}> { y = ReduceMin <keepdims = 0> (x, a) }",
        "mul_wraps": "int64[1] a = {4611686018427387904}, int64[2] b = {2, 3}> { y = Mul (a, b) }",
        "div_truncates": "int64[4] a = {7, -7, 7, -7}, int64[4] b = {2, 2, -2, -2}> { y = Div (a, b) }",
        "div_floats": "float[5] a = {1, 2, -1, 1e-38, 5}, float[5] b = {3, 7, 0, 10, 0.1}> { y = Div (a, b) }",
        "sqrt": "float[4] x = {2, 3, 0.1, 1e-40}> { y = Sqrt (x) }",
        "xor": "bool[4] a = {0, 0, 1, 1}, bool[4] b = {0, 1, 0, 1}> { y = Xor (a, b) }",
    }
    for name, case in cases.items():
        model = onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 18]> g () => (y) <{case}')
        model = onnx.shape_inference.infer_shapes(model)
        for output in model.graph.output:
            assert output.type.tensor_type.elem_type, name
        session = onnxruntime.InferenceSession(model.SerializeToString())
        save(folder, f"own_{name}", model, session.run(None, {}))


def make(folder, operators):
    make_own(folder)
    from onnx.backend.test.case.node import collect_testcases

    for case in collect_testcases(None):
        if case.model is None or not case.data_sets:
            continue
        if not all(node.op_type in operators for node in case.model.graph.node):
            continue
        inputs, outputs = case.data_sets[0]
        inputs = list(inputs.values()) if isinstance(inputs, dict) else list(inputs)
        outputs = list(outputs.values()) if isinstance(outputs, dict) else list(outputs)
        if not all(isinstance(value, (np.ndarray, np.generic)) for value in [*inputs, *outputs]):
            continue
        model = onnx.ModelProto()
        model.CopyFrom(case.model)
        if len(inputs) != len(model.graph.input):
            continue
        try:
            for value, info in zip(inputs, model.graph.input):
                tensor = numpy_helper.from_array(np.asarray(value), info.name)
                if tensor.data_type != info.type.tensor_type.elem_type:
                    raise TypeError(info.name)
                model.graph.initializer.append(tensor)
        except TypeError:
            continue
        del model.graph.input[:]
        model.opset_import[0].version = newest_opset(model)
        model.ir_version = max(model.ir_version, 10)
        save(folder, case.name, model, outputs)


def check(folder):
    results = {}
    for file in sorted(folder.glob("*.folded.onnx")):
        name = file.name[: -len(".folded.onnx")]
        model = onnx.load(file)
        onnx.checker.check_model(model, full_check=True)
        graph = onnx.GraphProto()
        graph.ParseFromString((folder / f"{name}.expected").read_bytes())
        values = {
            node.output[0]: numpy_helper.to_array(node.attribute[0].t)
            for node in model.graph.node
            if node.op_type == "Constant"
        }
        differing = [
            output.name
            for output, expected in zip(model.graph.output, graph.initializer)
            if not same(values[output.name], numpy_helper.to_array(expected))
        ]
        results[name] = f"differs: {differing}" if differing else "same"
    print(json.dumps(results))


def outputs(before, after):
    print(json.dumps(compared(before, after, same)))


def compared(before, after, is_same):
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    # Its own folding is what ours is compared with.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL

    def run(file):
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        random = np.random.default_rng(0)
        feeds = {}
        for given in session.get_inputs():
            dims = [dim if isinstance(dim, int) and dim > 0 else fallback.get(given.name, {}).get(axis, 1) for axis, dim in enumerate(given.shape)]
            feeds[given.name] = made_up(random, given.type, dims)
        return session.run(None, feeds)

    results = {}
    for file in sorted(after.glob("*.onnx")):
        fallback = sizes.get(file.stem.split("@")[0], {})
        try:
            expected = run(before / f"{file.stem.split('@')[0]}.onnx")
        except Exception as error:
            results[file.stem] = f"not run: {error}"
            continue
        try:
            actual = run(file)
        except Exception as error:
            results[file.stem] = f"fails: {error}"
            continue
        differing = [index for index, (a, b) in enumerate(zip(expected, actual)) if not is_same(a, b)]
        results[file.stem] = f"differs: {differing}" if differing or len(expected) != len(actual) else "same"
    return results


# Inputs whose free dims cannot be 1.
sizes = {
    "nudenet-320n": {"images": {2: 320, 3: 320}},
    "rapidocr_onnxruntime-ch_PP-OCRv4_det_infer": {"x": {2: 64, 3: 64}},
    "rapidocr_onnxruntime-ch_PP-OCRv4_rec_infer": {"x": {2: 48, 3: 64}},
    "rapidocr_onnxruntime-ch_ppocr_mobile_v2.0_cls_infer": {"x": {2: 48, 3: 192}},
    "silero_vad-silero_vad": {"input": {1: 512}, "state": {1: 1}},
    "silero_vad-silero_vad_16k_op15": {"input": {1: 512}, "state": {1: 1}},
    "silero_vad-silero_vad_half": {"input": {1: 512}, "state": {1: 1}},
    "silero_vad-silero_vad_op18_ifless": {"input": {1: 512}, "state": {1: 1}},
}


def made_up(random, type_name, dims):
    element = type_name[len("tensor(") : -1]
    if element in ("float", "double", "float16"):
        return random.standard_normal(dims).astype({"float": "f4", "double": "f8", "float16": "f2"}[element])
    if element == "bool":
        return random.integers(0, 2, dims).astype(bool)
    if element == "int64" and dims == []:
        # silero_vad's sample rate.
        return np.array(16000, dtype="i8")
    return random.integers(1, 3, dims).astype(element)


if __name__ == "__main__":
    command, first, *others = sys.argv[1:]
    if command == "make":
        make(pathlib.Path(first), others[0].split(","))
    elif command == "check":
        check(pathlib.Path(first))
    else:
        outputs(pathlib.Path(first), pathlib.Path(others[0]))
