"""Judges models whose functions were written out: judge-inlined.py JOBS.json

Jobs: [{"original": path, "inlined": path, "inputs": path of an .npz, none for random ones, "values": [{"name": in the inlined model, "calls": [name],
"function": {"domain", "name", "overload"}, "value": name in that function}]}]. Of ONNX Runtime and onnx.reference, those that run the original
(there has to be one) must have exactly the same from the inlined model: its outputs, and each value that a node of its main graph writes. What that is
in the original, a copy of the function hands out itself: the value is one more output of it and of all calls that lead to it.

Prints one line for each thing that is wrong, then a JSON object of what was compared.
"""

import json
import pathlib
import sys
import warnings

import numpy
import onnx
import onnx.reference
import onnxruntime

warnings.simplefilter("ignore")
onnxruntime.set_default_logger_severity(4)
wrong = []
counts = {runtime: {"models": 0, "values": 0} for runtime in ("onnx.reference", "onnxruntime")}


def prepared(model):
    """Without what the runtimes do not know everywhere: overloads, inputs that are left out, defaults."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for function in result.functions:
        if function.overload:
            function.name, function.overload = f"{function.name}_{function.overload}", ""
    functions = {(function.domain, function.name): function for function in result.functions}

    def prepare(nodes):
        for node in nodes:
            if node.overload:
                node.op_type, node.overload = f"{node.op_type}_{node.overload}", ""
            if function := functions.get((node.domain, node.op_type)):
                node.input.extend([""] * (len(function.input) - len(node.input)))
                given = {attribute.name for attribute in node.attribute}
                node.attribute.extend(entry for entry in function.attribute_proto if entry.name not in given)
            for attribute in node.attribute:
                for graph in [attribute.g, *attribute.graphs]:
                    prepare(graph.node)

    for body in [result.graph, *result.functions]:
        prepare(body.node)
    return result


def parser_name(node):
    return node.name or f"node_of_{node.output[0]}"


def exposing(model, value):
    """The model with one more output: a value of a function as it is at the end of a chain of calls."""
    model = prepared(model)
    nodes, chain = model.graph.node, []
    for depth, call in enumerate(value["calls"]):
        (node,) = [node for node in nodes if parser_name(node) == call]
        (called,) = [f for f in model.functions if (f.domain, f.name) == (node.domain, node.op_type)]
        function = onnx.FunctionProto()
        function.CopyFrom(called)
        node.op_type = function.name = f"{called.name}_exposing_{depth}"
        chain.append((node, function))
        nodes = function.node
    said = value["function"]
    name = f"{said['name']}_{said['overload']}" if said.get("overload") else said["name"]
    assert (called.domain, called.name) == (said["domain"], name), f"{value} is in {called.domain}.{called.name}"
    name = value["value"]
    for node, function in reversed(chain):
        if name not in function.output:
            function.output.append(name)
        index = list(function.output).index(name)
        node.output.extend([""] * (index + 1 - len(node.output)))
        if not node.output[index]:
            node.output[index] = "exposed"
        name = node.output[index]
        model.functions.append(function)
    return with_outputs(model, [name]), name


def with_outputs(model, names):
    result = onnx.ModelProto()
    result.CopyFrom(model)
    known = {value.name for value in result.graph.output}
    result.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in known)
    return result


def by_reference(model, feeds):
    evaluator = onnx.reference.ReferenceEvaluator(model)
    return dict(zip(evaluator.output_names, evaluator.run(None, feeds)))


def by_onnxruntime(model, feeds):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return dict(zip([value.name for value in session.get_outputs()], session.run(None, feeds)))


def random_feeds(model):
    random = numpy.random.default_rng(1)
    feeds = {}
    for value in model.graph.input:
        tensor = value.type.tensor_type
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        dims = [dim.dim_value or 2 for dim in tensor.shape.dim]
        feeds[value.name] = random.standard_normal(dims).astype(dtype) if dtype.kind == "f" else random.integers(0, 2, dims).astype(dtype)
    return feeds


def same(one, other):
    if isinstance(one, list) or isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    one, other = numpy.asarray(one), numpy.asarray(other)
    return one.dtype == other.dtype and numpy.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def is_accepted(model):
    try:
        onnx.checker.check_model(model, full_check=True)
        return True
    except Exception as error:
        return error


def judge(job):
    original, inlined = onnx.load(job["original"]), onnx.load(job["inlined"])
    say = lambda what: wrong.append(f"{pathlib.Path(job['original']).stem}: {what}")
    feeds = dict(numpy.load(job["inputs"])) if job.get("inputs") else random_feeds(original)
    accepted = is_accepted(inlined)
    if accepted is not True and is_accepted(original) is True:
        say(f"onnx.checker: {accepted}")
    written = {output for node in inlined.graph.node for output in node.output}
    values = [value for value in job["values"] if value["name"] in written]
    plain, with_values = prepared(original), with_outputs(prepared(inlined), [value["name"] for value in values])
    exposed = [exposing(original, value) for value in values]
    refused = []
    for what, run in ("onnx.reference", by_reference), ("onnxruntime", by_onnxruntime):
        try:
            expected = run(plain, feeds)
            inside = [run(model, feeds)[name] for model, name in exposed]
        except Exception as error:
            # Neither has all of ONNX: kernels of some types, functions that are called without an attribute.
            refused.append(f"{what}: {error}")
            continue
        found = run(with_values, feeds)
        pairs = [*expected.items(), *zip([value["name"] for value in values], inside)]
        for name, value in pairs:
            if not same(value, found[name]):
                say(f"{what} has another {name}")
        counts[what]["models"] += 1
        counts[what]["values"] += len(values)
    if len(refused) == 2:
        say(f"nothing runs the original: {refused}")


for job in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    try:
        judge(job)
    except Exception as error:
        wrong.append(f"{pathlib.Path(job['original']).stem}: {type(error).__name__}: {error}")
for line in wrong:
    print(line)
print(json.dumps(counts))
