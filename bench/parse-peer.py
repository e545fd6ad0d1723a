#!/usr/bin/env python3
"""What TensorRT's ONNX parser costs a Python program: the peer that the bridge's parse is measured against.

usage: parse-peer.py RUNTIME_FOLDER MODEL TIMES

Parses the model TIMES times, each into a network of its own, and prints one line of JSON:
{"milliseconds": [...], "peakMegabytes": ..., "succeeded": true, "errors": 0}. A time is that of making network and parser
and of IParser::parseFromFile, without the deletion; of more than one time a first one, which warms up, is left out.
It calls through the slots of the bridge's ABI tables with ctypes, so it needs no TensorRT package for Python.
"""

import ctypes
import glob
import json
import os
import resource
import sys
import time

Pointer = ctypes.c_void_p


def find(folder, pattern):
    return next(iter(sorted(glob.glob(os.path.join(folder, pattern)))), None)


def virtual(self, slot, result, *types):
    """The function in a slot of an object's virtual table."""
    table = ctypes.cast(ctypes.cast(self, ctypes.POINTER(Pointer))[0], ctypes.POINTER(Pointer))
    return ctypes.CFUNCTYPE(result, Pointer, *types)(table[slot])


def implementation(public_object):
    """V* classes stand behind the second word of the public object."""
    return ctypes.cast(public_object, ctypes.POINTER(Pointer))[1]


def has_cuda_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
        return True
    except OSError:
        return False


def main():
    folder, model, times = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3])
    rtx_path = find(folder, "libtensorrt_rtx.so*")
    if not rtx_path and not has_cuda_driver():
        # os.environ is C's environment too: putenv.
        os.environ["TRT_INTERNAL_OPTIONS"] = "--cpu_only=1"
    infer = ctypes.CDLL(rtx_path or find(folder, "libnvinfer.so*"), ctypes.RTLD_GLOBAL)
    parser_name = "libtensorrt_onnxparser_rtx.so*" if rtx_path else "libnvonnxparser.so*"
    parser_library = ctypes.CDLL(find(folder, parser_name), ctypes.RTLD_GLOBAL)
    version = infer.getInferLibVersion()
    ten = not rtx_path and version // 10000 == 10

    # The slots of both families that matter here.
    create_network, get_nb_errors, delete_parser = (8, 5, 9) if ten else (6, 3, 7)
    parse_from_file, delete_network = 1, 1
    strongly_typed = 1 << 1 if ten else 1 << 0

    warnings = []
    ignore = ctypes.CFUNCTYPE(None, Pointer)(lambda self: None)
    log = ctypes.CFUNCTYPE(None, Pointer, ctypes.c_int32, Pointer)(
        lambda self, severity, message: warnings.append(severity) if severity <= 2 else None
    )
    slots = (Pointer * 8)(*[ctypes.cast(ignore, Pointer).value] * 8)
    slots[0 if ten else 4] = ctypes.cast(log, Pointer).value
    logger_object = (Pointer * 1)(ctypes.addressof(slots))
    logger = Pointer(ctypes.addressof(logger_object))

    plugins = find(folder, "libnvinfer_plugin.so*")
    if plugins:
        ctypes.CDLL(plugins, ctypes.RTLD_GLOBAL).initLibNvInferPlugins(logger, b"")
    infer.createInferBuilder_INTERNAL.restype = Pointer
    parser_library.createNvOnnxParser_INTERNAL.restype = Pointer
    builder = infer.createInferBuilder_INTERNAL(logger, version)
    if not builder:
        sys.exit("TensorRT created no builder.")
    builder_implementation = implementation(builder)
    create = virtual(builder_implementation, create_network, Pointer, ctypes.c_uint32)
    parser_version = parser_library.getNvOnnxParserVersion()

    milliseconds = []
    for index in range(-1 if times > 1 else 0, times):
        start = time.perf_counter()
        network = create(builder_implementation, strongly_typed)
        parser = parser_library.createNvOnnxParser_INTERNAL(Pointer(network), logger, parser_version)
        parse = virtual(parser, parse_from_file, ctypes.c_bool, ctypes.c_char_p, ctypes.c_int32)
        succeeded = parse(parser, model, 0)
        elapsed = time.perf_counter() - start
        errors = virtual(parser, get_nb_errors, ctypes.c_int32)(parser)
        virtual(parser, delete_parser, None)(parser)
        virtual(network, delete_network, None)(network)
        if index >= 0:
            milliseconds.append(elapsed * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"milliseconds": milliseconds, "peakMegabytes": peak, "succeeded": succeeded, "errors": errors}))
    sys.stdout.flush()
    # TensorRT's own exit handlers are nobody's business here.
    os._exit(0)


main()
