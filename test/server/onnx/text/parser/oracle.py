"""Asks the onnx package's parser which texts it accepts: a JSON list of model texts on stdin, a JSON list of true or its error on stdout."""

import json
import sys

import onnx.parser


def verdict(text):
    try:
        onnx.parser.parse_model(text)
    except Exception as error:  # ParseError, or what the C++ standard library throws for numbers out of range
        return str(error)
    return True


json.dump([verdict(text) for text in json.load(sys.stdin)], sys.stdout)
