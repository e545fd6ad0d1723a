"""Judges refactored models by onnx.checker, onnx.inliner and onnxruntime: judge-refactored.py JOBS.json

Jobs: [{"original": path, "shapes": {input: dims}, "refactored": [path], "inliner": bool, "parts": [{"file": path, "inner": bool,
"complete": bool}]}]. `refactored`
models have to compute exactly what the original does, also after onnx.inliner if that is said; a part what the original computes between its
inputs and outputs. An inner part is of a subgraph, whose values the original does not show: it only has to be a model that loads. onnx.checker has to
accept a part that is complete, and none that is not.
Prints one line for each thing that is wrong, then how many models were judged.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnx.inliner
import onnxruntime

onnxruntime.set_default_logger_severity(4)
wrong = []
judged = 0


def say(file, what):
    wrong.append(f"{pathlib.Path(file).name}: {what}")


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def feeds_of(model, shapes):
    random = numpy.random.default_rng(1)
    given = {tensor.name for tensor in model.graph.initializer}
    feeds = {}
    for value in model.graph.input:
        if value.name in given:
            continue
        tensor = value.type.tensor_type
        dims = shapes.get(value.name) or [dim.dim_value or 1 for dim in tensor.shape.dim]
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        if value.name == "sr":
            feeds[value.name] = numpy.array(16000, dtype)
        elif numpy.issubdtype(dtype, numpy.floating):
            feeds[value.name] = random.standard_normal(dims).astype(dtype)
        else:
            feeds[value.name] = random.integers(0, 255, dims).astype(dtype)
    return feeds


def same(one, other):
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one.dtype == other.dtype and numpy.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def is_accepted(model, **options):
    try:
        onnx.checker.check_model(model, **options)
        return True
    except Exception as error:
        return str(error)


def run(model, feeds):
    return dict(zip([value.name for value in model.graph.output], session(model).run(None, feeds)))


def judge_refactored(file, original, feeds, expected, inliner):
    model = onnx.load(file)
    forms = [("", model)]
    if inliner and model.functions:
        forms.append((" after onnx.inliner", onnx.inliner.inline_local_functions(model)))
    for what, form in forms:
        for options in ({}, {"full_check": True}):
            accepted = is_accepted(form, **options)
            if accepted is not True and is_accepted(original, **options) is True:
                say(file, f"onnx.checker{what} {options}: {accepted}")
        try:
            results = run(form, feeds)
        except Exception as error:
            say(file, f"onnxruntime{what}: {error}")
            continue
        if results.keys() != expected.keys():
            say(file, f"other outputs{what}")
        for name, value in expected.items():
            if name in results and not same(value, results[name]):
                say(file, f"other value of {name}{what}")


def judge_part(file, inner, complete, original, feeds):
    part = onnx.load(file)
    accepted = is_accepted(part)
    if (accepted is True) != complete and is_accepted(original) is True:
        say(file, f"onnx.checker: {accepted}")
    try:
        loaded = session(part)
    except Exception as error:
        say(file, f"onnxruntime: {error}")
        return
    if inner:
        return
    exposed = onnx.ModelProto()
    exposed.CopyFrom(original)
    given = {tensor.name for tensor in part.graph.initializer}
    inputs = [value.name for value in part.graph.input if value.name not in given]
    outputs = [value.name for value in part.graph.output]
    known = {value.name for value in exposed.graph.output} | set(feeds)
    for name in dict.fromkeys(inputs + outputs):
        if name not in known:
            exposed.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    values = {**feeds, **run(exposed, feeds)}
    try:
        results = loaded.run(None, {name: values[name] for name in inputs})
    except Exception as error:
        say(file, f"onnxruntime: {error}")
        return
    for name, value in zip(outputs, results):
        if not same(values[name], value):
            say(file, f"other value of {name}")


for job in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    original = onnx.load(job["original"])
    feeds = feeds_of(original, job["shapes"])
    expected = run(original, feeds)
    for file in job["refactored"]:
        judge_refactored(file, original, feeds, expected, job["inliner"])
        judged += 1
    for part in job["parts"]:
        judge_part(part["file"], part["inner"], part["complete"], original, feeds)
        judged += 1
for line in wrong:
    print(line)
print(f"{judged} judged")
