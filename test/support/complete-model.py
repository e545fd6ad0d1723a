"""Saves a model that uses every field of every message, each attribute type and each data type: complete-model.py FILE"""

import pathlib
import sys

from google.protobuf.descriptor import FieldDescriptor as F
from onnx import AttributeProto, ModelProto, TensorProto, TypeProto

counter = 0


def value_of(field):
    """Another one each time, and never the default."""
    global counter
    counter += 1
    if field.type in (F.TYPE_STRING, F.TYPE_BYTES):
        text = f"{field.name} {counter}"
        return text if field.type == F.TYPE_STRING else text.encode()
    if field.type == F.TYPE_ENUM:
        return field.enum_type.values[-1].number
    return counter


def fill(message, path=()):
    """Each field once; a message inside itself at most twice."""
    name = message.DESCRIPTOR.name
    for field in message.DESCRIPTOR.fields:
        if field.type == F.TYPE_MESSAGE:
            if (*path, name).count(field.message_type.name) < 2:
                inner = getattr(message, field.name)
                fill(inner.add() if field.is_repeated else inner, (*path, name))
                # Every message is there, also one that ends up with nothing in it.
                if not field.is_repeated:
                    inner.SetInParent()
        elif field.is_repeated:
            getattr(message, field.name).extend([value_of(field), value_of(field)])
        else:
            setattr(message, field.name, value_of(field))


complete = ModelProto()
fill(complete)

# Of a oneof the last field wins, and of an attribute's values its type names one: here are the others.
nodes = complete.graph.node
node = nodes.add(op_type="AllAttributes")
source = nodes[0].attribute[0]
for type_name, number in AttributeProto.AttributeType.items():
    if number == AttributeProto.UNDEFINED:
        continue
    attribute = node.attribute.add(name=type_name.lower(), type=number)
    field = {
        "FLOAT": "f", "INT": "i", "STRING": "s", "TENSOR": "t", "GRAPH": "g", "TYPE_PROTO": "tp",
    }.get(type_name, type_name.lower())
    value = getattr(source, field)
    if attribute.DESCRIPTOR.fields_by_name[field].is_repeated:
        getattr(attribute, field).extend([*value, *value])
    elif attribute.DESCRIPTOR.fields_by_name[field].type == F.TYPE_MESSAGE:
        getattr(attribute, field).CopyFrom(value)
    else:
        setattr(attribute, field, value)
node.attribute.add(name="reference", type=AttributeProto.FLOAT, ref_attr_name="parameter")

for field in TypeProto.DESCRIPTOR.oneofs_by_name["value"].fields:
    value = complete.graph.value_info.add(name=field.name)
    inner = getattr(value.type, field.name)
    fill(inner)
    inner.SetInParent()
dims = complete.graph.value_info.add(name="dims").type.tensor_type.shape.dim
dims.add(dim_value=7, denotation="DATA_BATCH")
dims.add(dim_value=0)
dims.add(dim_param="N")
dims.add()

for type_name, number in TensorProto.DataType.items():
    complete.graph.initializer.add(name=f"raw {type_name}", data_type=number, dims=[1], raw_data=bytes([number] * 16))
for field in ("float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data"):
    tensor = complete.graph.initializer.add(name=field, data_type=1, dims=[2])
    getattr(tensor, field).extend([b"a", b"\xff"] if field == "string_data" else [1, 2])
external = complete.graph.initializer.add(name="external", data_type=1, data_location=TensorProto.EXTERNAL)
external.external_data.add(key="location", value="weights.bin")

pathlib.Path(sys.argv[1]).write_bytes(complete.SerializeToString())
