"""Saves the models of the onnx package's backend tests, one file per case: save-conformance-models.py FOLDER

FOLDER/node     the operators' conformance cases, made anew by the installed package
FOLDER/package  the models that the package ships, written by exporters and protobuf versions of many years
"""

import pathlib
import shutil
import sys
import warnings

import onnx
import onnx.backend.test
from onnx.backend.test.case.node import collect_testcases

# The reference values that the cases compute divide by zero on purpose.
warnings.simplefilter("ignore")

folder = pathlib.Path(sys.argv[1])

nodes = folder / "node"
nodes.mkdir(parents=True, exist_ok=True)
for case in collect_testcases(None):
    if case.model is not None:
        onnx.save(case.model, nodes / f"{case.name}.onnx")

package = folder / "package"
package.mkdir(parents=True, exist_ok=True)
data = pathlib.Path(onnx.backend.test.__file__).parent / "data"
for kind in ("simple", "pytorch-converted", "pytorch-operator"):
    for model in sorted((data / kind).glob("*/model.onnx")):
        shutil.copyfile(model, package / f"{kind}-{model.parent.name}.onnx")
for model in sorted((data / "light").glob("*.onnx")):
    shutil.copyfile(model, package / model.name)
