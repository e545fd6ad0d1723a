"""Writes models that hold what files may hold and hardly any does, one oddity each.   usage: make-odd-models.py FOLDER

Most are no valid ONNX models; all are valid protobuf messages, which is what the text form has to keep.
"""

import os
import struct
import sys

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, TypeProto, helper, numpy_helper

models = {}


def model(name):
    def add(build):
        proto = onnx.ModelProto()
        built = build(proto)
        models[name] = built if isinstance(built, bytes) else proto.SerializeToString()

    return add


def small(proto):
    """x -> Relu -> y"""
    proto.ir_version = 10
    proto.opset_import.add(domain="", version=21)
    proto.graph.name = "g"
    proto.graph.input.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, [2]))
    proto.graph.output.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [2]))
    proto.graph.node.append(helper.make_node("Relu", ["x"], ["y"]))
    return proto


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, content):
    """A length-delimited field."""
    return varint(number * 8 + 2) + varint(len(content)) + content


def every_type(graph, raw):
    random = np.random.default_rng(7)
    for number, name in ((number, name) for name, number in TensorProto.DataType.items() if number):
        for dims in ([], [0], [3], [2, 3], [5, 5]):
            count = int(np.prod(dims, dtype=int))
            if name == "STRING":
                tensor = graph.initializer.add(name=f"{name}_{count}", data_type=number, dims=dims)
                tensor.string_data.extend([b"", b'quote"', b"line\nbreak", b"back\\slash", "é".encode()][i % 5] for i in range(count))
                continue
            array = random.integers(0, 255, size=dims, dtype=np.uint8)
            if number in (TensorProto.INT4, TensorProto.UINT4, TensorProto.FLOAT4E2M1):
                array = array % 8
            if number in (TensorProto.FLOAT6E2M3, TensorProto.FLOAT6E3M2):
                array = array % 32
            if number in (TensorProto.INT2, TensorProto.UINT2):
                array = array % 2
            tensor = helper.make_tensor(f"{name}_{count}", number, dims, array.astype(helper.tensor_dtype_to_np_dtype(number)).flatten())
            if raw:
                tensor = numpy_helper.from_array(numpy_helper.to_array(tensor), tensor.name)
            graph.initializer.append(tensor)


UNKNOWN = field(1000, b"unknown") + varint(1001 * 8) + b"\x05" + varint(1002 * 8 + 5) + b"1234" + varint(1003 * 8 + 1) + b"12345678"
GROUP = varint(1004 * 8 + 3) + varint(1 * 8) + b"\x07" + varint(1004 * 8 + 4)
# Surrogates in UTF-8, a lone continuation, an overlong NUL, Latin-1.
NOT_UTF8 = b"a\xed\xa0\x80b\x80c\xc0\x80d\xe9 e"
AWKWARD = "cr\rlf\ncrlf\r\nnul\0esc\x1b ls\u2028 ps\u2029 nel\x85 bom\ufeff tab\t quote\" back\\slash é 漢 \U0001f600"


@model("nothing but a graph")
def _(proto):
    proto.graph.SetInParent()


@model("no graph, only a function")
def _(proto):
    proto.functions.add(name="f", domain="d")


@model("empty strings everywhere")
def _(proto):
    small(proto)
    for name in ("producer_name", "producer_version", "domain", "doc_string"):
        setattr(proto, name, "")
    proto.model_version = 0
    proto.metadata_props.add(key="", value="")
    graph = proto.graph
    graph.doc_string = ""
    graph.metadata_props.add(key="k", value="")
    node = graph.node[0]
    node.name = node.domain = node.overload = node.doc_string = ""
    node.metadata_props.add(key="", value="v")
    node.attribute.add(name="", type=AttributeProto.STRING, s=b"", doc_string="")
    graph.input[0].doc_string = ""
    graph.input[0].type.denotation = ""
    graph.input[0].type.tensor_type.shape.dim[0].denotation = ""
    graph.initializer.add(name="", data_type=TensorProto.FLOAT, doc_string="", dims=[0])
    graph.value_info.add(name="")
    graph.value_info.add(name="t").type.SetInParent()
    function = proto.functions.add(name="", domain="", overload="", doc_string="")
    function.opset_import.add(domain="")
    function.node.add(op_type="")


@model("numbers that are zero and present")
def _(proto):
    small(proto)
    proto.ir_version = 0
    proto.opset_import[0].version = 0
    tensor = proto.graph.initializer.add(name="t", data_type=0, data_location=0)
    tensor.segment.begin = 0
    proto.graph.input[0].type.tensor_type.elem_type = 0


@model("opset import without a domain")
def _(proto):
    small(proto)
    proto.opset_import[0].ClearField("domain")
    proto.functions.add(name="f", domain="d").opset_import.add(version=3)


@model("opset imports with and without an empty domain")
def _(proto):
    small(proto)
    proto.opset_import.add(version=3)
    proto.opset_import.add(domain="")


@model("most nodes with an empty domain and doc string, some without")
def _(proto):
    small(proto)
    for index in range(10):
        node = proto.graph.node.add(op_type="Relu", input=["y"], output=[f"y{index}"])
        if index % 3:
            node.domain = ""
            node.doc_string = ""
        if index == 4:
            node.doc_string = "said"
        if index == 6:
            node.domain = "d"


@model("tensors of every type, raw")
def _(proto):
    small(proto)
    every_type(proto.graph, raw=True)


@model("tensors of every type, typed")
def _(proto):
    small(proto)
    every_type(proto.graph, raw=False)


@model("raw and typed tensors mixed")
def _(proto):
    small(proto)
    graph = proto.graph
    for index in range(5):
        tensor = graph.initializer.add(name=f"t{index}", data_type=TensorProto.INT64, dims=[2])
        if index % 2:
            tensor.raw_data = struct.pack("<qq", -(2**63), 2**63 - 1)
        else:
            tensor.int64_data.extend([-(2**63), 2**63 - 1])
    graph.initializer.add(name="nothing", data_type=TensorProto.FLOAT, dims=[0])
    graph.initializer.add(name="empty", data_type=TensorProto.FLOAT, dims=[0], raw_data=b"")
    graph.initializer.add(name="missing", data_type=TensorProto.FLOAT, dims=[2])


@model("integers at their limits")
def _(proto):
    small(proto)
    graph = proto.graph
    graph.initializer.add(name="u64", data_type=TensorProto.UINT64, dims=[2], uint64_data=[0, 2**64 - 1])
    graph.initializer.add(name="u32", data_type=TensorProto.UINT32, dims=[3], uint64_data=[0, 2**32 - 1, 2**40])
    graph.initializer.add(name="u64raw", data_type=TensorProto.UINT64, dims=[1], raw_data=b"\xff" * 8)
    graph.initializer.add(name="i8", data_type=TensorProto.INT8, dims=[3], int32_data=[-128, 300, -(2**31)])
    graph.initializer.add(name="b", data_type=TensorProto.BOOL, dims=[3], raw_data=b"\x00\x01\x02")
    graph.initializer.add(name="f16", data_type=TensorProto.FLOAT16, dims=[2], int32_data=[-1, 70000])
    graph.initializer.add(name="d", data_type=TensorProto.INT64, dims=[2**62, 0])
    graph.node[0].attribute.append(helper.make_attribute("limits", [-(2**63), 2**63 - 1, 0]))
    graph.input[0].type.tensor_type.shape.dim.add(dim_value=-1)
    graph.input[0].type.tensor_type.shape.dim.add(dim_value=2**63 - 1)
    proto.model_version = -(2**63)


@model("data that do not fit their tensor")
def _(proto):
    small(proto)
    graph = proto.graph
    graph.initializer.add(name="odd bytes", data_type=TensorProto.FLOAT, dims=[2], raw_data=b"12345")
    graph.initializer.add(name="too many", data_type=TensorProto.FLOAT, dims=[2], float_data=[1, 2, 3])
    graph.initializer.add(name="wrong field", data_type=TensorProto.FLOAT, dims=[2], int64_data=[1, 2])
    graph.initializer.add(name="wrong field, long", data_type=TensorProto.FLOAT, dims=[200], int64_data=range(200))
    graph.initializer.add(name="two fields", data_type=TensorProto.FLOAT, dims=[2], float_data=[1, 2], raw_data=b"12345678")
    graph.initializer.add(name="two fields, long", data_type=TensorProto.FLOAT, dims=[200], float_data=range(200), raw_data=bytes(800))
    graph.initializer.add(name="no type", dims=[1], raw_data=b"1234")
    graph.initializer.add(name="new type", data_type=99, dims=[1], raw_data=b"1234")
    graph.initializer.add(name="negative type", data_type=-5, dims=[1], raw_data=b"1234")
    graph.initializer.add(name="int4, padding", data_type=TensorProto.INT4, dims=[1], raw_data=b"\xff")
    graph.initializer.add(name="int4, unpacked", data_type=TensorProto.INT4, dims=[4], int32_data=[1, -2, 3, 4])
    graph.initializer.add(name="negative dims", data_type=TensorProto.FLOAT, dims=[-1, 2], float_data=[1, 2])
    graph.initializer.add(name="huge dims", data_type=TensorProto.FLOAT, dims=[2**40, 2**40], float_data=[1])
    graph.initializer.add(name="raw string", data_type=TensorProto.STRING, dims=[1], raw_data=b"text")
    graph.initializer.add(name="half complex", data_type=TensorProto.COMPLEX64, dims=[1], float_data=[1])


@model("NaNs with other bits, infinities, zeros with a sign")
def _(proto):
    small(proto)
    graph = proto.graph
    floats = struct.pack("<8I", 0x7FC00000, 0xFFC00000, 0x7F800001, 0x7FFFFFFF, 0x7F800000, 0xFF800000, 0x80000000, 1)
    doubles = struct.pack("<6Q", 0x7FF8 << 48, 0xFFF8 << 48, (0x7FF0 << 48) + 1, 0x7FF0 << 48, 0xFFF0 << 48, 1 << 63)
    graph.initializer.add(name="f", data_type=TensorProto.FLOAT, dims=[8], raw_data=floats)
    graph.initializer.add(name="d", data_type=TensorProto.DOUBLE, dims=[6], raw_data=doubles)
    graph.initializer.add(name="c", data_type=TensorProto.COMPLEX64, dims=[4], raw_data=floats)
    graph.initializer.add(name="z", data_type=TensorProto.COMPLEX128, dims=[3], raw_data=doubles)
    typed = TensorProto(name="ft", data_type=TensorProto.FLOAT, dims=[8])
    graph.initializer.add().ParseFromString(typed.SerializeToString() + field(4, floats))
    node = graph.node[0]
    for bits in struct.unpack("<8I", floats):
        attribute = AttributeProto(name=f"a{bits:x}", type=AttributeProto.FLOAT)
        node.attribute.add().ParseFromString(attribute.SerializeToString() + b"\x15" + struct.pack("<I", bits))
    attribute = AttributeProto(name="list", type=AttributeProto.FLOATS)
    node.attribute.add().ParseFromString(attribute.SerializeToString() + field(7, floats))


@model("attributes of every type")
def _(proto):
    small(proto)
    node = proto.graph.node[0]
    tensor = numpy_helper.from_array(np.arange(3, dtype=np.float32), "t")
    unnamed = TensorProto(data_type=TensorProto.FLOAT, dims=[1], float_data=[1])
    long = numpy_helper.from_array(np.arange(300, dtype=np.float32))
    strange = TensorProto(name="a/b", data_type=TensorProto.FLOAT, dims=[1], float_data=[1], doc_string="doc\nof it")
    strange.metadata_props.add(key="k", value="v")
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["z"])], "sub", [], [helper.make_tensor_value_info("z", 1, None)], [tensor])
    graph.doc_string = "inner"
    quoted = onnx.GraphProto()
    quoted.CopyFrom(graph)
    quoted.name = "float"
    sparse = helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.arange(3), "i"), [4, 5])
    named = onnx.SparseTensorProto()
    named.CopyFrom(sparse)
    named.values.doc_string = "values"
    type_proto = helper.make_tensor_type_proto(1, ["n", None, 3])
    for name, value in {
        "f": 0.1, "f_whole": 3.0, "f_big": 1e30, "i": -7, "s": "text \"quoted\" \\ and\nbroken", "s_bytes": NOT_UTF8, "s_awkward": AWKWARD, "s_long": bytes(range(256)) * 4,
        "t": tensor, "t_unnamed": unnamed, "t_long": long, "t_strange": strange, "g": graph, "g_quoted": quoted, "st": sparse, "st_doc": named, "tp": type_proto,
        "fs": [1.0, 0.1, -3e-20], "is": list(range(100)), "ss": ["a", "", "\"", "c\nd"], "ss_bytes": [b"a", NOT_UTF8, AWKWARD.encode()],
        "ts": [tensor, unnamed, long, strange], "gs": [graph, quoted], "sts": [sparse, named], "tps": [type_proto, helper.make_sequence_type_proto(type_proto)],
    }.items():
        node.attribute.append(helper.make_attribute(name, value))
    for kind in ("FLOATS", "INTS", "STRINGS", "TENSORS", "GRAPHS", "SPARSE_TENSORS", "TYPE_PROTOS"):
        node.attribute.add(name=f"no_{kind.lower()}", type=AttributeProto.AttributeType.Value(kind))
    for kind in ("FLOAT", "INT", "STRING"):
        node.attribute.add(name=f"no_{kind.lower()}", type=AttributeProto.AttributeType.Value(kind))
    node.attribute.add(name="documented", type=AttributeProto.INT, i=1, doc_string="of an attribute")
    node.attribute.add(name="strange name", type=AttributeProto.INT, i=1)
    node.attribute.add(name="undefined", type=AttributeProto.UNDEFINED)
    node.attribute.add(name="nothing")
    node.attribute.add(name="two", type=AttributeProto.INT, i=1, f=2)
    node.attribute.add(name="wrong", type=AttributeProto.INT, f=2)
    node.attribute.add(name="no_tensor", type=AttributeProto.TENSOR)
    node.attribute.add(name="no_graph", type=AttributeProto.GRAPH)
    node.attribute.add(name="no_type", type=AttributeProto.TYPE_PROTO)
    node.attribute.add(name="no_sparse", type=AttributeProto.SPARSE_TENSOR)
    node.attribute.add(name="empty_sparse", type=AttributeProto.SPARSE_TENSOR).sparse_tensor.SetInParent()
    node.attribute.add(name="empty_graph", type=AttributeProto.GRAPH).g.SetInParent()
    node.attribute.add(name="empty_tensor", type=AttributeProto.TENSOR).t.SetInParent()


@model("attributes without a type, as in IR version 1")
def _(proto):
    small(proto)
    for attributes in ({"i": 1}, {"f": 2.5}, {"s": b"x"}, {"ints": [1, 2]}, {"floats": [1, 2]}, {"strings": [b"a"]}):
        proto.graph.node[0].attribute.add(name="_".join(attributes), **attributes)
    proto.graph.node[0].attribute.add(name="t").t.CopyFrom(numpy_helper.from_array(np.arange(2)))


@model("references in functions")
def _(proto):
    small(proto)
    function = proto.functions.add(name="f", domain="local", overload="1", doc_string="does f")
    function.input.extend(["a", "float", "b b"])
    function.output.extend(["c", "d"])
    function.attribute.extend(["alpha", "be ta"])
    function.attribute_proto.append(helper.make_attribute("gamma", 1.5))
    function.attribute_proto.append(helper.make_attribute("delta", [1, 2]))
    function.attribute_proto.append(helper.make_attribute("doc", 1, doc_string="of a default"))
    function.opset_import.add(domain="", version=21)
    function.metadata_props.add(key="k", value="v\r")
    node = function.node.add(op_type="Op", input=["a", "", "float", "b b", ""], output=["c", "", "d"])
    node.attribute.add(name="x", type=AttributeProto.FLOAT, ref_attr_name="alpha")
    node.attribute.add(name="y", ref_attr_name="be ta")
    node.attribute.add(name="z", type=AttributeProto.TENSORS, ref_attr_name="")
    function.value_info.append(helper.make_tensor_value_info("a", 1, [2]))
    function.value_info.append(helper.make_tensor_value_info("c", 1, [2], "documented"))
    function.value_info.append(helper.make_tensor_value_info("t", 1, [2]))
    function.value_info.append(helper.make_tensor_value_info("a", 1, [3]))
    function.value_info.add(name="untyped")
    other = proto.functions.add(name="g g", domain="my-domain", doc_string="line\r\nend")
    other.value_info.append(helper.make_tensor_value_info("late", 1, [2]))
    other.input.extend(["early", "late"])
    proto.graph.node.add(op_type="f", domain="local", overload="1", input=["x", "x", "x"], output=["c", "d"])


@model("names of every kind")
def _(proto):
    small(proto)
    graph = proto.graph
    graph.name = "main graph"
    names = ["a.b/c:0", "0", "float", "inf", "a\"b", "a\\b", "é", "漢字", "a\nb", "#no comment", "seq", "@", "-1", "_", " "]
    for index, name in enumerate(names):
        graph.node.add(op_type=name, domain=name, overload=name, name=name, input=[name, ""], output=[name])
        graph.node[-1].attribute.append(helper.make_attribute(name, index))
        graph.node[-1].attribute.append(helper.make_attribute("g", helper.make_graph([], name, [], [])))
        graph.value_info.append(helper.make_tensor_value_info(name, 1, [name]))
        graph.value_info.add(name=name)
        graph.input.append(helper.make_tensor_value_info(name, 1, [name, None]))
        graph.initializer.add(name=name, data_type=1, float_data=[1])
    graph.node.add(op_type="Op", domain="a.b.c")
    graph.node.add(op_type="Op", domain="a..b")
    graph.node.add(op_type="Op", domain=".")
    graph.node.add(op_type="a.b", domain="c")
    graph.node.add(op_type="Op", input=[""], output=[""])
    graph.node.add(op_type="Op", input=["", ""])


@model("strings that editors do not keep")
def _(proto):
    small(proto)
    graph = proto.graph
    for name in ("producer_name", "producer_version", "domain", "doc_string"):
        setattr(proto, name, AWKWARD)
    proto.metadata_props.add(key=AWKWARD, value=AWKWARD)
    proto.opset_import.add(domain=AWKWARD, version=1)
    graph.name = graph.doc_string = AWKWARD
    graph.metadata_props.add(key=AWKWARD, value=AWKWARD)
    node = graph.node[0]
    node.name = node.op_type = node.domain = node.overload = node.doc_string = AWKWARD
    node.input.append(AWKWARD)
    node.output.append(AWKWARD)
    node.metadata_props.add(key=AWKWARD, value=AWKWARD)
    node.attribute.add(name=AWKWARD, type=AttributeProto.STRINGS, strings=[AWKWARD.encode(), b"plain", NOT_UTF8], doc_string=AWKWARD)
    node.attribute.add(name="ref", type=AttributeProto.INT, ref_attr_name=AWKWARD)
    node.attribute.add(name="g", type=AttributeProto.GRAPH).g.name = AWKWARD
    tensor = graph.initializer.add(name=AWKWARD, data_type=TensorProto.STRING, dims=[3], doc_string=AWKWARD)
    tensor.string_data.extend([AWKWARD.encode(), NOT_UTF8, b"plain"])
    outside = graph.initializer.add(name="outside", data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value=AWKWARD)
    outside.external_data.add(key=AWKWARD, value="1")
    value = graph.value_info.add(name=AWKWARD, doc_string=AWKWARD)
    value.type.denotation = AWKWARD
    value.type.tensor_type.elem_type = 1
    value.type.tensor_type.shape.dim.add(dim_param=AWKWARD, denotation=AWKWARD)
    opaque = graph.value_info.add(name="opaque")
    opaque.type.opaque_type.domain = opaque.type.opaque_type.name = AWKWARD
    function = proto.functions.add(name=AWKWARD, domain=AWKWARD, overload=AWKWARD, doc_string=AWKWARD)
    function.input.append(AWKWARD)
    function.output.append(AWKWARD)
    function.attribute.append(AWKWARD)
    function.opset_import.add(domain=AWKWARD, version=1)
    function.value_info.append(value)


@model("strings that are not UTF-8")
def _(proto):
    """Python's protobuf does not take them, so they are put in place of others of the same length."""
    stand_in = "x" * len(NOT_UTF8)
    small(proto)
    graph = proto.graph
    proto.producer_name = proto.doc_string = graph.name = graph.doc_string = stand_in
    proto.metadata_props.add(key=stand_in, value=stand_in)
    graph.node.add(op_type=stand_in, domain=stand_in, name=stand_in, doc_string=stand_in, input=[stand_in], output=[stand_in])
    graph.initializer.add(name=stand_in, data_type=1, float_data=[1], doc_string=stand_in)
    graph.input.append(helper.make_tensor_value_info(stand_in, 1, [stand_in]))
    return proto.SerializeToString().replace(stand_in.encode(), NOT_UTF8)


@model("types of every kind")
def _(proto):
    small(proto)
    tensor = helper.make_tensor_type_proto(1, [1, "n", None])

    def value(name, type_proto):
        proto.graph.value_info.append(helper.make_value_info(name, type_proto))

    for number in TensorProto.DataType.values():
        value(f"t{number}", helper.make_tensor_type_proto(number, []))
    value("unranked", helper.make_tensor_type_proto(1, None))
    value("sparse", helper.make_sparse_tensor_type_proto(1, ["a b", 2]))
    value("sparse unranked", helper.make_sparse_tensor_type_proto(1, None))
    value("seq", helper.make_sequence_type_proto(helper.make_optional_type_proto(tensor)))
    value("map", helper.make_map_type_proto(7, helper.make_sequence_type_proto(tensor)))
    value("opaque", TypeProto(opaque_type=TypeProto.Opaque()))
    value("opaque name", TypeProto(opaque_type=TypeProto.Opaque(name="a.b")))
    value("opaque both", TypeProto(opaque_type=TypeProto.Opaque(domain="a.b", name="c")))
    value("opaque domain", TypeProto(opaque_type=TypeProto.Opaque(domain="a.b")))
    value("opaque empty", TypeProto(opaque_type=TypeProto.Opaque(domain="", name="")))
    value("opaque strange", TypeProto(opaque_type=TypeProto.Opaque(domain="a-b", name="c d")))
    value("nothing", TypeProto())
    value("seq of nothing", TypeProto(sequence_type=TypeProto.Sequence()))
    value("seq of empty", TypeProto(sequence_type=TypeProto.Sequence(elem_type=TypeProto())))
    value("optional of nothing", TypeProto(optional_type=TypeProto.Optional()))
    value("map of nothing", TypeProto(map_type=TypeProto.Map()))
    value("tensor of nothing", TypeProto(tensor_type=TypeProto.Tensor()))
    value("negative", helper.make_tensor_type_proto(-3, [2]))
    value("new", helper.make_tensor_type_proto(77, [2]))
    value("empty parameter", helper.make_tensor_type_proto(1, [""]))
    denoted = helper.make_sequence_type_proto(tensor)
    denoted.denotation = "SEQUENCE"
    denoted.sequence_type.elem_type.denotation = "IMAGE"
    denoted.sequence_type.elem_type.tensor_type.shape.dim[1].denotation = "DATA_CHANNEL"
    value("denoted", denoted)
    value("only denoted", TypeProto(denotation="NOTHING"))
    node = proto.graph.node[0]
    node.attribute.append(helper.make_attribute("denoted", denoted))
    node.attribute.append(helper.make_attribute("several", [denoted, TypeProto(), tensor]))
    node.attribute.append(helper.make_attribute("nothing", TypeProto()))


@model("fields that the text has no words for")
def _(proto):
    small(proto)
    graph = proto.graph
    graph.quantization_annotation.add(tensor_name="x").quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="s")
    values = numpy_helper.from_array(np.arange(3, dtype=np.float32), "sparse")
    graph.sparse_initializer.append(helper.make_sparse_tensor(values, numpy_helper.from_array(np.arange(3)), [9]))
    values = numpy_helper.from_array(np.arange(500, dtype=np.float32), "sparse, long")
    graph.sparse_initializer.append(helper.make_sparse_tensor(values, numpy_helper.from_array(np.arange(500)), [900]))
    proto.training_info.add().algorithm.name = "training"
    proto.configuration.add(name="two", num_devices=2, device=["a", "b"])
    graph.node[0].device_configurations.add(configuration_id="two", pipeline_stage=1)
    graph.initializer.append(numpy_helper.from_array(np.arange(4, dtype=np.float32), "segmented"))
    graph.initializer[-1].segment.begin = 1


@model("external data")
def _(proto):
    small(proto)
    for index, entries in enumerate((
        {"location": "weights.bin", "offset": "0", "length": "8", "checksum": "abc"},
        {"location": "weights.bin"},
        {"location": "odd \"name\"\r.bin", "field": "raw_data"},
        {},
    )):
        tensor = proto.graph.initializer.add(name=f"t{index}", data_type=1, dims=[2], data_location=TensorProto.EXTERNAL)
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=value)
    tensor = proto.graph.initializer.add(name="default location", data_type=1, dims=[1], float_data=[1])
    tensor.external_data.add(key="location", value="elsewhere")
    proto.graph.node[0].attribute.append(helper.make_attribute("value", proto.graph.initializer[0]))


@model("doc strings and metadata everywhere")
def _(proto):
    small(proto)
    proto.doc_string = "of\nthe \"model\""
    graph = proto.graph
    node = graph.node[0]
    node.attribute.append(helper.make_attribute("value", numpy_helper.from_array(np.arange(3))))
    graph.initializer.append(numpy_helper.from_array(np.arange(300, dtype=np.float32), "long"))
    graph.value_info.append(helper.make_tensor_value_info("t", 1, []))
    function = proto.functions.add(name="f", domain="d")
    for index, message in enumerate((graph, node, graph.input[0], graph.output[0], graph.value_info[0], graph.initializer[0], node.attribute[0].t, function, node.attribute[0])):
        message.doc_string = f"# {index}\nline \"{index}\"\\\r\n\u2028"
        if not isinstance(message, AttributeProto):
            message.metadata_props.add(key=f"k{index}\n", value=f"v{index}")
            message.metadata_props.add(key=f"k{index}\n", value="")
    proto.metadata_props.add(key="long", value="v" * 200)


@model("unknown fields everywhere")
def _(proto):
    small(proto)
    graph = proto.graph
    node = graph.node[0]
    tensor = numpy_helper.from_array(np.arange(3, dtype=np.float32), "t")
    node.attribute.append(helper.make_attribute("value", tensor))
    node.attribute.append(helper.make_attribute("sub", helper.make_graph([], "sub", [], [])))
    node.attribute.append(helper.make_attribute("st", helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.arange(3)), [9])))
    node.attribute.append(helper.make_attribute("sts", [helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.arange(3)), [9])]))
    node.attribute.append(helper.make_attribute("tps", [helper.make_tensor_type_proto(1, [1])]))
    graph.initializer.append(tensor)
    graph.value_info.append(helper.make_value_info("v", helper.make_map_type_proto(7, helper.make_tensor_type_proto(1, ["n", None]))))
    function = proto.functions.add(name="f", domain="d")
    function.opset_import.add(domain="", version=1)
    function.attribute_proto.append(helper.make_attribute("a", 1))
    proto.metadata_props.add(key="k", value="v")

    def spoil(message):
        """Adds unknown fields to this message and all inside it."""
        for _, value in message.ListFields():
            for inner in value if isinstance(value, (list, tuple)) or hasattr(value, "add") else [value]:
                if hasattr(inner, "ListFields"):
                    spoil(inner)
        message.MergeFromString(UNKNOWN + GROUP)

    spoil(proto)


@model("fields twice, in pieces and unpacked")
def _(proto):
    small(proto)
    first = proto.SerializeToString()
    again = onnx.ModelProto(ir_version=9, producer_name="second")
    again.graph.name = "second"
    again.graph.node.add(op_type="Neg", input=["y"], output=["z"])
    again.opset_import.add(domain="", version=3)
    tensor = TensorProto(name="unpacked", data_type=1, dims=[2]).SerializeToString()
    tensor += b"\x25" + struct.pack("<f", 1.5) + b"\x25" + struct.pack("<f", 2.5)
    pieces = TensorProto(name="pieces", data_type=TensorProto.INT64, dims=[300]).SerializeToString()
    pieces += field(7, b"".join(varint(value) for value in range(150))) * 2
    graph = field(5, tensor) + field(5, pieces)
    return first + again.SerializeToString() + field(7, graph)


@model("deep nesting")
def _(proto):
    small(proto)
    graph = helper.make_graph([], "innermost", [], [])
    for depth in range(20):
        node = helper.make_node("If", ["c"], ["y"], then_branch=graph)
        graph = helper.make_graph([node], f"depth{depth}", [], [])
    proto.graph.node[0].attribute.append(helper.make_attribute("body", graph))
    type_proto = helper.make_tensor_type_proto(1, [1])
    for _ in range(40):
        type_proto = helper.make_sequence_type_proto(type_proto)
    proto.graph.value_info.append(helper.make_value_info("deep", type_proto))


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name, serialized in models.items():
    with open(os.path.join(folder, f"{name}.onnx"), "wb") as file:
        file.write(serialized)
