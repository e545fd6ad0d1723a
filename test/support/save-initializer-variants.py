"""Saves the operators' conformance models with one input each made an initializer: save-initializer-variants.py FOLDER

What TensorRT thinks of a model may depend on the values of its initializers; here are all that the cases have.
"""

import pathlib
import sys
import warnings

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.simplefilter("ignore")

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for case in collect_testcases(None):
    if case.model is None or not case.data_sets:
        continue
    values, _ = case.data_sets[0]
    for index, (declared, value) in enumerate(zip(case.model.graph.input, values)):
        if not declared.type.HasField("tensor_type"):
            continue
        if isinstance(value, onnx.TensorProto):
            initializer = onnx.TensorProto()
            initializer.CopyFrom(value)
        elif isinstance(value, (numpy.ndarray, numpy.generic)):
            initializer = numpy_helper.from_array(numpy.asarray(value))
        else:
            continue
        initializer.name = declared.name
        initializer.data_type = declared.type.tensor_type.elem_type
        variant = onnx.ModelProto()
        variant.CopyFrom(case.model)
        del variant.graph.input[index]
        variant.graph.initializer.append(initializer)
        onnx.save(variant, folder / f"{case.name}.{index}.onnx")
