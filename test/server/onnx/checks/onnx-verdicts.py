"""What onnx.checker (full check) says of models as text.   usage: onnx-verdicts.py FILE

FILE is JSON, a list of texts; prints a list of complaints, null where there is none. Each model is checked in a process of its
own: some make the checker abort.
"""

import json
import os
import sys

import onnx


def complaint(text):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            onnx.checker.check_model(onnx.parser.parse_model(text), full_check=True)
        except Exception as error:
            os.write(writer, str(error).encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        words = answer.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return words or None if os.WIFEXITED(status) else "aborted"


print(json.dumps([complaint(text) for text in json.load(open(sys.argv[1]))]))
