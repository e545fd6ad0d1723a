"""The official text of all conformance models and of the models in the onnx package: a JSON list of names and texts on stdout."""

import json
import pathlib
import sys
import warnings

import onnx
import onnx.backend.test
import onnx.printer
from onnx.backend.test.case.node import collect_testcases

# The reference values that the cases compute divide by zero on purpose.
warnings.simplefilter("ignore")

models = [(case.name, case.model) for case in collect_testcases(None) if case.model is not None]
data = pathlib.Path(onnx.backend.test.__file__).parent / "data"
for file in sorted(data.rglob("*.onnx")):
    models.append((str(file.relative_to(data)), onnx.load(file, load_external_data=False)))

json.dump([(name, onnx.printer.to_text(model)) for name, model in models], sys.stdout)
