#!/usr/bin/env python3
"""The same work by the `onnx` package.   usage: onnx-peer.py MODEL TIMES load|text|inference

Prints one line of JSON: {"milliseconds": [...], "megabytes": N, "version": "…"}. Of more than one time a first one, which warms
up, is left out; megabytes are the process's largest resident memory.
"""

import json
import resource
import sys
import time

import onnx
import onnx.printer
import onnx.shape_inference


def main():
    path, times, work = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    model = None if work == "load" else onnx.load(path)
    run = {
        "load": lambda: onnx.load(path),
        "text": lambda: onnx.printer.to_text(model),
        "inference": lambda: onnx.shape_inference.infer_shapes(model, data_prop=True),
    }[work]
    milliseconds = []
    for index in range(-1 if times > 1 else 0, times):
        start = time.perf_counter()
        run()
        if index >= 0:
            milliseconds.append((time.perf_counter() - start) * 1000)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"milliseconds": milliseconds, "megabytes": megabytes, "version": onnx.__version__}))


main()
