"""Compares ONNX text with what the onnx package makes of it.

official.py parse MODELS TEXTS   Parses each TEXTS/NAME.txt and compares the result with MODELS/NAME.onnx, but for what annotations say.
official.py print MODELS TEXTS   Prints each MODELS/NAME.onnx as TEXTS/NAME.txt, and saves what parsing that gives as TEXTS/NAME.onnx.
official.py equal ONE OTHER      Compares the models of two folders, but for what annotations say.
Each prints a JSON object: for each model null, or what is wrong.
"""

import json
import pathlib
import sys

import onnx
import onnx.parser
import onnx.printer
from google.protobuf.descriptor import FieldDescriptor


def without_annotated(message):
    """The message without empty strings and all that only annotations can say; tensors by their elements."""
    name = message.DESCRIPTOR.name
    if name == "TensorProto" and message.data_location != onnx.TensorProto.EXTERNAL and message.data_type != onnx.TensorProto.STRING:
        # numpy_helper decides whether float_data or raw_data hold the elements.
        elements = onnx.numpy_helper.to_array(message).tobytes()
        for field in ("float_data", "int32_data", "int64_data", "double_data", "uint64_data"):
            message.ClearField(field)
        message.raw_data = elements
    if name not in ("ModelProto", "FunctionProto") and "doc_string" in message.DESCRIPTOR.fields_by_name:
        message.ClearField("doc_string")
    if name != "ModelProto" and "metadata_props" in message.DESCRIPTOR.fields_by_name:
        message.ClearField("metadata_props")
    if name == "ValueInfoProto" and not message.type.ByteSize():
        message.ClearField("type")
    for field in message.DESCRIPTOR.fields:
        is_text = field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
        if is_text and not field.is_repeated and not getattr(message, field.name):
            message.ClearField(field.name)
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                without_annotated(inner)
    return message


def difference(one, other):
    first, second = (without_annotated(model).SerializeToString(deterministic=True) for model in (one, other))
    return None if first == second else "not equal"


def load(path):
    return onnx.load(path, load_external_data=False)


def parse(models, texts):
    for path in sorted(texts.glob("*.txt")):
        try:
            parsed = onnx.parser.parse_model(path.read_text(encoding="utf-8"))
        except Exception as error:
            yield path.stem, f"rejected: {error}"
            continue
        yield path.stem, difference(parsed, load(models / f"{path.stem}.onnx"))


def print_all(models, texts):
    for path in sorted(models.glob("*.onnx")):
        try:
            text = onnx.printer.to_text(load(path))
            parsed = onnx.parser.parse_model(text)
        except Exception as error:
            yield path.stem, f"rejected: {error}"
            continue
        (texts / f"{path.stem}.txt").write_text(text, encoding="utf-8")
        onnx.save(parsed, texts / f"{path.stem}.onnx")
        yield path.stem, None


def equal(one, other):
    for path in sorted(one.glob("*.onnx")):
        yield path.stem, difference(load(path), load(other / path.name))


command = {"parse": parse, "print": print_all, "equal": equal}[sys.argv[1]]
json.dump(dict(command(*map(pathlib.Path, sys.argv[2:]))), sys.stdout)
