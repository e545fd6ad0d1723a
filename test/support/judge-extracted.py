"""Judges models whose nodes went into a function and back, by onnx.checker: judge-extracted.py JOBS.json

Jobs: [{"original": path, "extracted": path, "inlined": path, "part": path, "complete": bool}]. All have to be accepted where the
original is, the part if it is complete and else not; the inlined model has the nodes of the original, but for names of dims.
Prints one line for each thing that is wrong, then how many models were judged.
"""

import json
import pathlib
import sys

import onnx


def problem(model):
    try:
        onnx.checker.check_model(model)
        return None
    except Exception as error:
        return str(error)


def nodes(model):
    """Names of dims in subgraphs are local to a function, and new ones outside of it."""
    for node in model.graph.node:
        without_dim_names(node)
    return [node.SerializeToString(deterministic=True) for node in model.graph.node]


def without_dim_names(message):
    for field, value in message.ListFields():
        if field.name == "dim_param":
            message.ClearField("dim_param")
        elif field.type == field.TYPE_MESSAGE and field.message_type.name != "TensorProto":
            for inner in value if field.is_repeated else [value]:
                without_dim_names(inner)


jobs = json.loads(pathlib.Path(sys.argv[1]).read_text())
for job in jobs:
    original, extracted, inlined, part = (onnx.load(job[kind]) for kind in ("original", "extracted", "inlined", "part"))
    name = pathlib.Path(job["original"]).name
    if problem(original) is None:
        for kind, model, good in (("extracted", extracted, True), ("inlined", inlined, True), ("part", part, job["complete"])):
            said = problem(model)
            if (said is None) != good:
                print(f"{name} {kind}: {said}")
    if nodes(original) != nodes(inlined):
        print(f"{name}: other nodes")
print(f"{len(jobs)} judged")
