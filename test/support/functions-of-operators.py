"""Saves ONNX's conformance cases with the operator as a function of the model: functions-of-operators.py FOLDER

For operators that ONNX defines by other operators: FOLDER/CASE.onnx calls that definition, with inputs in FOLDER/CASE.npz, and the definition calls
those of the operators in it. Cases that onnx.reference cannot run so are left out.
"""

import pathlib
import sys
import warnings

import numpy
import onnx
import onnx.reference
from onnx.backend.test.case.node import collect_testcases

warnings.simplefilter("ignore")
folder = pathlib.Path(sys.argv[1])
own = "pkg.onnx.operators"


def definition_of(node, opset, types):
    """ONNX's definition of the operator; None where it has none."""
    if node.domain or node.op_type == "Bernoulli":
        return None
    schema = onnx.defs.get_schema(node.op_type, opset, "")
    versions = [version for version in schema.function_opset_versions if version <= opset]
    if versions:
        function = onnx.FunctionProto.FromString(schema.get_function_with_opset_version(max(versions)))
    else:
        versions = [version for version in schema.context_dependent_function_opset_versions if version <= opset]
        if not versions or types is None:
            return None
        made = schema.get_context_dependent_function_with_opset_version(max(versions), node.SerializeToString(), types)
        function = onnx.FunctionProto.FromString(made)
    function.domain = own
    del function.opset_import[:]
    function.opset_import.append(onnx.helper.make_opsetid("", opset))
    del function.attribute[:]
    for name, attribute in schema.attributes.items():
        if attribute.default_value.name:
            function.attribute_proto.append(attribute.default_value)
        else:
            function.attribute.append(name)
    return function


def with_functions(model, types):
    """The model with its one node, and those of the definition that need no types, as calls."""
    opset = model.opset_import[0].version
    made = definition_of(model.graph.node[0], opset, types)
    if made is None:
        return None
    result = onnx.ModelProto()
    result.CopyFrom(model)
    result.ir_version = max(model.ir_version, 10)
    result.opset_import.append(onnx.helper.make_opsetid(own, 1))
    result.graph.node[0].domain = own
    result.graph.node[0].name = "case"
    functions = {made.name: made}
    for function in (waiting := [made]):
        for node in function.node:
            found = functions.get(node.op_type) or definition_of(node, opset, None)
            if found is None or node.op_type == function.name or node.domain:
                continue
            node.domain = own
            if found.name not in functions:
                functions[found.name] = found
                waiting.append(found)
        if any(node.domain == own for node in function.node):
            function.opset_import.append(onnx.helper.make_opsetid(own, 1))
    # onnx.reference wants those first that others call.
    result.functions.extend(reversed(functions.values()))
    return result


for case in collect_testcases(None):
    model = case.model
    if model is None or "expanded" in case.name or len(model.graph.node) != 1 or len(model.opset_import) != 1:
        continue
    inputs = case.data_sets[0][0]
    if not all(isinstance(value, numpy.ndarray) and value.dtype.kind in "fiub" for value in inputs):
        continue
    types = {value.name: value.type.SerializeToString() for value in model.graph.input}
    made = with_functions(model, [types.get(name, b"") for name in model.graph.node[0].input])
    if made is None:
        continue
    feeds = dict(zip([value.name for value in model.graph.input], inputs))
    try:
        onnx.reference.ReferenceEvaluator(made).run(None, feeds)
    except Exception:
        continue
    onnx.save(made, folder / f"{case.name}.onnx")
    numpy.savez(folder / f"{case.name}.npz", **feeds)
