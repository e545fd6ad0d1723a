"""Saves random ModelProtos that use every field and every freedom of the wire format: random-models.py SEED COUNT FOLDER

The messages make no sense as models. Fields are there or not, empty or not, in any order; repeated numbers are packed or not;
singular messages come in several parts; there are unknown fields, strings that are no UTF-8, and odd NaNs.
"""

import pathlib
import random
import struct
import sys

import onnx
from google.protobuf.descriptor import FieldDescriptor as F

seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
rng = random.Random(seed)

NUMBERS = [0, 1, 2, -1, 127, 128, 300, -300, 2**31 - 1, -(2**31), 2**53, -(2**53), 2**53 + 1, 2**63 - 1, -(2**63)]
STRINGS = [b"", b"x", b"value", "größe".encode(), "\N{GRINNING FACE}".encode(), b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80", b"n" * 200]
FLOATS = [0x00000000, 0x80000000, 0x3F800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7FA00001, 0x00000001]
# Fields that may hold any number, of messages that must not become too many.
REPEATED_COUNTS = [0, 0, 1, 1, 2, 3]


def varint(number, longer=False):
    number &= 2**64 - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    # Tags and lengths are numbers of 32 bits, and take five bytes at most.
    if longer and len(out) < 2:
        out += bytes([number | 0x80, 0x80, 0x00])
    else:
        out.append(number)
    return bytes(out)


def key(number, wire_type):
    return varint(number << 3 | wire_type, longer=rng.random() < 0.01)


def delimited(number, content):
    return key(number, 2) + varint(len(content), longer=rng.random() < 0.02) + content


def scalar(field):
    """Wire type and bytes of one value."""
    if field.type in (F.TYPE_INT64, F.TYPE_INT32, F.TYPE_UINT64):
        number = rng.choice(NUMBERS)
        return 0, varint(number, longer=rng.random() < 0.05)
    if field.type == F.TYPE_ENUM:
        return 0, varint(rng.choice(field.enum_type.values).number)
    if field.type == F.TYPE_FLOAT:
        return 5, struct.pack("<I", rng.choice(FLOATS))
    if field.type == F.TYPE_DOUBLE:
        return 1, struct.pack("<d", rng.choice([0.0, -0.0, 1.5, float("inf"), float("nan")]))
    content = rng.choice(STRINGS)
    return 2, varint(len(content)) + content


def unknown():
    number = rng.choice([17, 99, 1000, 536870911])
    return rng.choice(
        [
            key(number, 0) + varint(rng.choice(NUMBERS)),
            key(number, 1) + b"12345678",
            delimited(number, rng.choice(STRINGS)),
            key(number, 5) + b"1234",
            key(number, 3) + key(1, 0) + varint(7) + key(2, 3) + key(2, 4) + key(number, 4),
        ]
    )


def field_records(field, depth, may_be_unknown):
    """Records of one field; their order matters, what comes between them does not."""
    if field.type == F.TYPE_MESSAGE:
        if field.is_repeated:
            return [delimited(field.number, message(field.message_type, depth + 1, may_be_unknown)) for _ in range(rng.choice(REPEATED_COUNTS))]
        parts = rng.choice([1, 1, 1, 1, 2])
        return [delimited(field.number, message(field.message_type, depth + 1, part == 0 and may_be_unknown)) for part in range(parts)]
    if not field.is_repeated:
        records = []
        for _ in range(rng.choice([1, 1, 1, 1, 2])):
            wire_type, content = scalar(field)
            records.append(key(field.number, wire_type) + content)
        return records
    values = [scalar(field) for _ in range(rng.choice([0, 1, 2, 3, 20]))]
    if values and values[0][0] != 2 and rng.random() < 0.5:
        half = rng.randrange(len(values) + 1)
        return [delimited(field.number, b"".join(v for _, v in run)) for run in (values[:half], values[half:])]
    return [key(field.number, wire_type) + content for wire_type, content in values]


def message(descriptor, depth, may_be_unknown=True):
    presence = 0.5 if depth < 3 else 0.25
    streams = []
    for field in descriptor.fields:
        if field.type == F.TYPE_MESSAGE and depth > 9:
            continue
        # Real attributes and tensors hold one kind of value; most of these should too.
        likely = 0.12 if descriptor.name in ("AttributeProto", "TensorProto") and field.name not in ("name", "type", "dims") else presence
        if rng.random() < likely:
            streams.append(field_records(field, depth, may_be_unknown))
    # One at most, as the order of unknown fields is compared, and means nothing.
    kind = rng.random() if may_be_unknown else 1
    if kind < 0.1:
        streams.append([unknown()])
    elif kind < 0.12 and any(field.type == F.TYPE_ENUM for field in descriptor.fields):
        # A value that an enumeration does not have is an unknown field as well.
        field = next(field for field in descriptor.fields if field.type == F.TYPE_ENUM)
        streams.append([key(field.number, 0) + varint(rng.choice([99, -1]))])
    elif kind < 0.14 and descriptor.fields:
        # A known number with another wire type is an unknown field.
        field = rng.choice(descriptor.fields)
        streams.append([key(field.number, 5) + b"1234" if field.type == F.TYPE_DOUBLE else key(field.number, 1) + b"12345678"])
    ordered = rng.random() < 0.7
    out = b""
    while streams:
        stream = streams[0] if ordered else rng.choice(streams)
        if stream:
            out += stream.pop(0)
        else:
            streams.remove(stream)
    return out


folder.mkdir(parents=True, exist_ok=True)
for index in range(count):
    # Without a graph it would be no model.
    content = message(onnx.ModelProto.DESCRIPTOR, 0) + delimited(7, message(onnx.GraphProto.DESCRIPTOR, 1, False))
    onnx.ModelProto.FromString(content)
    (folder / f"random-{seed}-{index}.onnx").write_bytes(content)
