"""Whether models still compute the same: compare-opsets.py conformance FOLDER | made-up BEFORE AFTER

conformance  FOLDER/NAME.onnx are the operators' conformance cases at another opset version: onnx.reference runs both on the case's
             inputs
made-up      the models of two folders that have the same name (NAME@anything in the second one) run on the same made-up inputs, with
             onnxruntime
Prints, as JSON by name, "same" or what differs; "not run: …" where the model from before does not run either. Bit for bit, but that
onnxruntime may choose other kernels for other versions: there, floats may differ in their last bits.
"""

import importlib.util
import json
import pathlib
import sys
import warnings

import numpy as np
import onnx

warnings.simplefilter("ignore")
np.seterr(all="ignore")

spec = importlib.util.spec_from_file_location("constant_models", pathlib.Path(__file__).parent / "constant-models.py")
constant_models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(constant_models)


def close(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return np.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True) if a.dtype.kind == "f" else bool((a == b).all())


def same(a, b):
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
    if a is None or b is None:
        return a is b
    return constant_models.same(a, b)


def conformance(folder):
    from onnx.backend.test.case.node import collect_testcases
    from onnx.reference import ReferenceEvaluator

    results = {}
    for case in collect_testcases(None):
        file = folder / f"{case.name}.onnx"
        if not file.exists():
            continue
        inputs, _ = case.data_sets[0]
        inputs = list(inputs.values()) if isinstance(inputs, dict) else list(inputs)
        after = onnx.load(file)
        try:
            onnx.checker.check_model(after, full_check=True)
        except Exception as error:
            try:
                onnx.checker.check_model(case.model, full_check=True)
                results[case.name] = f"invalid: {error}"
                continue
            except Exception:
                pass
        feeds = dict(zip([given.name for given in after.graph.input], inputs))
        try:
            expected = ReferenceEvaluator(case.model).run(None, feeds)
        except Exception as error:
            results[case.name] = f"not run: {error}"
            continue
        try:
            actual = ReferenceEvaluator(after).run(None, feeds)
        except Exception as error:
            # onnx.reference has no old versions of some operators.
            reason = "not run" if "No implementation for operator" in str(error) else "fails"
            results[case.name] = f"{reason}: {error}"
            continue
        results[case.name] = "same" if same(list(expected), list(actual)) else "differs"
    print(json.dumps(results))


def made_up(before, after):
    print(json.dumps(constant_models.compared(before, after, close)))


if __name__ == "__main__":
    command, *given = sys.argv[1:]
    {"conformance": conformance, "made-up": made_up}[command](*map(pathlib.Path, given))
