"""Says what models hold, by the onnx package and in the words of our Model interface: describe-models.py FILE…

Prints one line of JSON per file. Bytes are their SHA-256; 64-bit integers are strings; fields that are not there are left out.
"""

import hashlib
import json
import sys

import onnx
from onnx import AttributeProto, TensorProto

ATTRIBUTE_TYPES = {value: name.lower() for name, value in AttributeProto.AttributeType.items() if value}
DATA_FIELDS = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")


def digest(content):
    return hashlib.sha256(content).hexdigest()


def integers(values):
    return [str(value) for value in values]


def floats(values):
    return [repr(float(value)) for value in values]


def text_or_digest(content):
    try:
        return content.decode()
    except UnicodeDecodeError:
        return digest(content)


def optional(message, **names):
    """Singular fields that are there, under our names."""
    found = {}
    for ours, theirs in names.items():
        if message.HasField(theirs):
            value = getattr(message, theirs)
            found[ours] = str(value) if isinstance(value, int) else value
    return found


def entries(field):
    return [[entry.key, entry.value] for entry in field]


def opsets(field):
    return [[opset.domain, str(opset.version)] for opset in field]


def model(m):
    return {
        **optional(
            m,
            irVersion="ir_version",
            producerName="producer_name",
            producerVersion="producer_version",
            domain="domain",
            modelVersion="model_version",
            docString="doc_string",
        ),
        "opsetImports": opsets(m.opset_import),
        **({"graph": graph(m.graph)} if m.HasField("graph") else {}),
        "metadata": entries(m.metadata_props),
        "functions": [function(f) for f in m.functions],
    }


def graph(g):
    return {
        "name": g.name,
        "nodes": [node(n) for n in g.node],
        "initializers": [tensor(t) for t in g.initializer],
        "inputs": [value_info(v) for v in g.input],
        "outputs": [value_info(v) for v in g.output],
        "valueInfos": [value_info(v) for v in g.value_info],
        **optional(g, docString="doc_string"),
        "metadata": entries(g.metadata_props),
    }


def function(f):
    return {
        "name": f.name,
        "domain": f.domain,
        **optional(f, overload="overload", docString="doc_string"),
        "inputs": list(f.input),
        "outputs": list(f.output),
        "attributes": list(f.attribute),
        "attributeDefaults": [attribute(a) for a in f.attribute_proto],
        "nodes": [node(n) for n in f.node],
        "opsetImports": opsets(f.opset_import),
        "valueInfos": [value_info(v) for v in f.value_info],
        "metadata": entries(f.metadata_props),
    }


def node(n):
    return {
        "inputs": list(n.input),
        "outputs": list(n.output),
        **optional(n, name="name", overload="overload", docString="doc_string"),
        "operator": n.op_type,
        "domain": n.domain,
        "attributes": [attribute(a) for a in n.attribute],
        "metadata": entries(n.metadata_props),
    }


def attribute(a):
    described = {"name": a.name, **optional(a, docString="doc_string")}
    if a.ref_attr_name:
        return {**described, "type": "reference", "attributeType": ATTRIBUTE_TYPES[a.type], "value": a.ref_attr_name}
    value = {
        "float": lambda: repr(float(a.f)),
        "int": lambda: str(a.i),
        "string": lambda: text_or_digest(a.s),
        "tensor": lambda: tensor(a.t),
        "graph": lambda: graph(a.g),
        "sparse_tensor": lambda: sparse_tensor(a.sparse_tensor),
        "type_proto": lambda: type_proto(a.tp),
        "floats": lambda: floats(a.floats),
        "ints": lambda: integers(a.ints),
        "strings": lambda: [text_or_digest(s) for s in a.strings],
        "tensors": lambda: [tensor(t) for t in a.tensors],
        "graphs": lambda: [graph(g) for g in a.graphs],
        "sparse_tensors": lambda: [sparse_tensor(s) for s in a.sparse_tensors],
        "type_protos": lambda: [type_proto(t) for t in a.type_protos],
    }[ATTRIBUTE_TYPES[a.type]]()
    return {**described, "type": ATTRIBUTE_TYPES[a.type], "value": value}


def tensor(t):
    return {
        "name": t.name,
        "dataType": t.data_type,
        "dims": integers(t.dims),
        "data": tensor_data(t),
        **optional(t, docString="doc_string"),
        "metadata": entries(t.metadata_props),
    }


def tensor_data(t):
    if t.data_location == TensorProto.EXTERNAL:
        return ["external", entries(t.external_data)]
    if t.HasField("raw_data"):
        return ["raw", digest(t.raw_data)]
    for field in DATA_FIELDS:
        if len(getattr(t, field)) > 0:
            # The packed field's content, as protobuf itself writes it.
            alone = TensorProto()
            getattr(alone, field).extend(getattr(t, field))
            return ["typed", field, digest(content_of(alone.SerializeToString()))]
    if len(t.string_data) > 0:
        return ["strings", [digest(s) for s in t.string_data]]
    return ["none"]


def content_of(field):
    """Of a length-delimited field with a tag of one byte."""
    position = 1
    while field[position] & 0x80:
        position += 1
    return field[position + 1 :]


def sparse_tensor(s):
    return {"values": tensor(s.values), "indices": tensor(s.indices), "dims": integers(s.dims)}


def value_info(v):
    return {
        "name": v.name,
        **({"type": type_proto(v.type)} if v.HasField("type") else {}),
        **optional(v, docString="doc_string"),
        "metadata": entries(v.metadata_props),
    }


def type_proto(t):
    denotation = optional(t, denotation="denotation")
    kind = t.WhichOneof("value")
    if kind is None:
        return {"kind": "undefined", **denotation}
    value = getattr(t, kind)
    kind = kind.removesuffix("_type")
    if kind in ("tensor", "sparse_tensor"):
        described = {"elementType": value.elem_type}
        if value.HasField("shape"):
            described["shape"] = [dimension(d) for d in value.shape.dim]
    elif kind in ("sequence", "optional"):
        described = {"element": type_proto(value.elem_type)}
    elif kind == "map":
        described = {"key": value.key_type, "value": type_proto(value.value_type)}
    else:
        described = optional(value, domain="domain", name="name")
    return {"kind": kind, **described, **denotation}


def dimension(d):
    denotation = optional(d, denotation="denotation")
    kind = d.WhichOneof("value")
    if kind == "dim_value":
        return {"kind": "value", "value": str(d.dim_value), **denotation}
    if kind == "dim_param":
        return {"kind": "parameter", "name": d.dim_param, **denotation}
    return {"kind": "unknown", **denotation}


for file in sys.argv[1:]:
    print(json.dumps(model(onnx.load(file, load_external_data=False))))
