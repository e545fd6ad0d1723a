"""Parses textproto and JSON files with protobuf's own parsers and compares them with the models they were made from.

Arguments: folder of models, folder of NAME.textproto and NAME.json. Prints what differs, and how many were compared.
"""

import pathlib
import sys

import onnx
from google.protobuf import json_format, text_format

models, texts = map(pathlib.Path, sys.argv[1:])


def without_unknown_fields(model):
    model.DiscardUnknownFields()
    return model


def same(one, two):
    # A NaN equals nothing, itself included.
    return one == two or one.SerializeToString(deterministic=True) == two.SerializeToString(deterministic=True)


compared = 0
for text in sorted(texts.iterdir()):
    model = without_unknown_fields(onnx.ModelProto.FromString((models / f"{text.stem}.onnx").read_bytes()))
    try:
        if text.suffix == ".json":
            parsed = json_format.Parse(text.read_text("utf-8"), onnx.ModelProto(), max_recursion_depth=200)
        else:
            parsed = text_format.Parse(text.read_bytes(), onnx.ModelProto())
    except Exception as error:
        print(f"{text.name}: {error}")
        continue
    if not same(parsed, model):
        print(f"{text.name} differs")
    compared += 1
print(f"{compared} compared")
