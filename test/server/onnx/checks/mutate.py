"""Models that are not right, and what onnx.checker says of them.   usage: mutate.py TARGET SEED COUNT FOLDER … > VERDICTS.jsonl

Takes the models in the FOLDERs in turn and breaks COUNT copies of each in one of the ways below, writes them to TARGET and prints
one line of JSON per model: its file, how it was broken, and the checker's complaint or null. COUNT 0: the models as they are.
"""

import json
import os
import random
import sys

import onnx
from onnx import AttributeProto, TensorProto, helper


def nodes_with(graph, condition):
    return [node for node in graph.node if condition(node)]


def choose(random, items):
    items = list(items)
    return random.choice(items) if items else None


def remove_attribute(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.attribute)))
    if node:
        del node.attribute[random.randrange(len(node.attribute))]
        return True


def rename_attribute(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.attribute)))
    if node:
        choose(random, node.attribute).name += "s"
        return True


def retype_attribute(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.attribute)))
    if node:
        attribute = choose(random, node.attribute)
        other = random.choice([1, 1.5, "text", [1, 2], [0.5], ["a"]])
        attribute.CopyFrom(helper.make_attribute(attribute.name, other))
        return True


def repeat_attribute(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.attribute)))
    if node:
        node.attribute.add().CopyFrom(choose(random, node.attribute))
        return True


def change_number(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: any(a.type in (AttributeProto.INT, AttributeProto.INTS) for a in n.attribute)))
    if node:
        attribute = choose(random, [a for a in node.attribute if a.type in (AttributeProto.INT, AttributeProto.INTS)])
        if attribute.type == AttributeProto.INT:
            attribute.i = random.choice([-7, 99, attribute.i + 1])
        elif attribute.ints:
            attribute.ints[random.randrange(len(attribute.ints))] = random.choice([-7, 0, 99])
        return True


def undefined_input(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input)))
    if node:
        node.input[random.randrange(len(node.input))] = "nobody_defines_this"
        return True


def drop_input(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input)))
    if node:
        del node.input[random.randrange(len(node.input))]
        return True


def empty_input(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input)))
    if node:
        node.input[random.randrange(len(node.input))] = ""
        return True


def add_input(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input)))
    if node:
        node.input.extend([node.input[0]] * random.randrange(1, 4))
        return True


def swap_inputs(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input) > 1))
    if node:
        inputs = list(node.input)
        random.shuffle(inputs)
        node.input[:] = inputs
        return True


def add_output(model, random):
    node = choose(random, model.graph.node)
    node.output.extend([f"extra{index}" for index in range(random.randrange(1, 4))])
    return True


def drop_output(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.output)))
    if node:
        del node.output[random.randrange(len(node.output))]
        return True


def repeat_node(model, random):
    model.graph.node.add().CopyFrom(choose(random, model.graph.node))
    return True


def output_named_as_input(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input) and len(n.output)))
    if node and model.graph.input:
        node.output[0] = model.graph.input[0].name
        return True


def reverse_nodes(model, random):
    if len(model.graph.node) > 1:
        nodes = list(model.graph.node)[::-1]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        return True


def self_loop(model, random):
    node = choose(random, nodes_with(model.graph, lambda n: len(n.input) and len(n.output)))
    if node:
        node.input[0] = node.output[0]
        return True


def unknown_operator(model, random):
    node = choose(random, model.graph.node)
    node.op_type = node.op_type + random.choice(["", "x", "Op"])
    if random.random() < 0.3:
        node.domain = "nobody.imports.this"
    elif random.random() < 0.2:
        node.domain = "ai.onnx"
    else:
        node.op_type += "2"
    return True


def other_operator(model, random):
    choose(random, model.graph.node).op_type = random.choice(
        ["Add", "Concat", "Conv", "Gemm", "Identity", "If", "Loop", "MatMul", "Reshape", "Scatter", "Slice", "Split", "TopK", "Upsample"]
    )
    return True


def no_import(model, random):
    del model.opset_import[random.randrange(len(model.opset_import))]
    return True


def old_opset(model, random):
    choose(random, model.opset_import).version = random.choice([1, 1, 5, 8, 10, 12, 0])
    return True


def new_opset(model, random):
    choose(random, model.opset_import).version = random.choice([17, 21, 23, 999])
    return True


def ir_version(model, random):
    model.ir_version = random.choice([0, 1, 2, 3, 99])
    return True


def no_shape(model, random):
    info = choose(random, [*model.graph.input, *model.graph.output])
    if info:
        kind = info.type.WhichOneof("value")
        if kind == "tensor_type":
            info.type.tensor_type.ClearField("shape")
            return True


def no_type(model, random):
    info = choose(random, [*model.graph.input, *model.graph.output])
    if info:
        info.ClearField("type")
        return True


def element_type(model, random):
    info = choose(random, [*model.graph.input, *model.graph.output])
    if info and info.type.WhichOneof("value") == "tensor_type":
        info.type.tensor_type.elem_type = random.choice([TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL, TensorProto.DOUBLE])
        return True


def dims(model, random):
    info = choose(random, [*model.graph.input, *model.graph.output])
    if info and info.type.WhichOneof("value") == "tensor_type":
        shape = info.type.tensor_type.shape.dim
        change = random.randrange(3)
        if change == 0 or not shape:
            shape.add().dim_value = 7
        elif change == 1:
            del shape[random.randrange(len(shape))]
        else:
            shape[random.randrange(len(shape))].dim_value = 17
        return True


def repeat_input(model, random):
    if model.graph.input:
        model.graph.input.add().CopyFrom(choose(random, model.graph.input))
        return True


def unknown_output(model, random):
    if model.graph.output:
        choose(random, model.graph.output).name = "nobody_makes_this"
        return True


def initializer_twice(model, random):
    for _ in range(2):
        model.graph.initializer.append(helper.make_tensor("twice", TensorProto.FLOAT, [2], [1, 2]))
    return True


def initializer_for_input(model, random):
    info = choose(random, [i for i in model.graph.input if i.type.WhichOneof("value") == "tensor_type"])
    if info:
        model.graph.initializer.append(helper.make_tensor(info.name, TensorProto.FLOAT, [3], [1, 2, 3]))
        return True


def short_tensor(model, random):
    tensor = helper.make_tensor("short", TensorProto.FLOAT, [2], [1, 2])
    tensor.dims[0] = random.choice([3, 0, 4])
    model.graph.initializer.append(tensor)
    return True


def graph_name(model, random):
    model.graph.name = ""
    return True


def metadata_twice(model, random):
    for _ in range(2):
        entry = model.metadata_props.add()
        entry.key, entry.value = "key", "value"
    return True


def subgraphs(graph):
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield attribute.g
                yield from subgraphs(attribute.g)


def inside_subgraph(model, random):
    graph = choose(random, [g for g in subgraphs(model.graph) if g.node])
    if graph:
        kind = random.randrange(5)
        node = choose(random, graph.node)
        if kind == 0 and node.input:
            node.input[0] = "nobody_defines_this"
        elif kind == 1 and node.output and model.graph.input:
            node.output[0] = model.graph.input[0].name
        elif kind == 2 and graph.output:
            graph.output[0].name = "nobody_makes_this"
        elif kind == 3:
            graph.name = ""
        else:
            graph.node.add().CopyFrom(node)
        return True


def function(model, random):
    """Adds a function that is not right, and calls it."""
    kind = random.randrange(9)
    opset = next((o.version for o in model.opset_import if o.domain == ""), 17)
    body = [helper.make_node("Relu", ["a"], ["b"])]
    made = helper.make_function("local", "F", ["a"], ["b"], body, [helper.make_opsetid("", opset)], ["alpha"])
    if kind == 0:
        made.node[0].input[0] = "nobody_defines_this"
    elif kind == 1:
        made.opset_import[0].version = 1
    elif kind == 2:
        del made.opset_import[:]
    elif kind == 3:
        made.node.append(helper.make_node("F", ["b"], ["c"], domain="local"))
        made.opset_import.append(helper.make_opsetid("local", 1))
    elif kind == 4:
        made.node[0].op_type = "Reluu"
    elif kind == 5:
        made.attribute.append("alpha")
    elif kind == 6:
        made.output.append("b")
    elif kind == 7:
        made.node.append(made.node[0])
    model.functions.append(made)
    if kind == 8:
        model.functions.append(made)
    model.ir_version = max(model.ir_version, 8)
    model.opset_import.append(helper.make_opsetid("local", 1))
    return True


WAYS = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:2] == ("model", "random")
]


def complaint(model):
    try:
        onnx.checker.check_model(model, full_check=True)
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def judge(models):
    """Prints the verdicts. Some broken models make the checker abort, and it goes on in another process with the next one."""
    at = 0
    while at < len(models):
        sys.stdout.flush()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            with os.fdopen(writer, "w") as answers:
                for _, file, _ in models[at:]:
                    print(json.dumps(complaint(onnx.load(file))), file=answers, flush=True)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            for line in answers:
                tell(models[at], json.loads(line))
                at += 1
        os.waitpid(child, 0)
        if at < len(models):
            tell(models[at], "onnx.checker aborted.")
            at += 1


def main(target, seed, count, *folders):
    os.makedirs(target, exist_ok=True)
    models = []
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if not name.endswith(".onnx") or os.path.getsize(path) > 2**20:
                continue
            write(models, target, name.removesuffix(".onnx"), open(path, "rb").read(), seed, int(count))
    judge(models)


def write(models, target, name, data, seed, count):
    if count == 0:
        keep(models, target, name, "unchanged", data)
        return
    chance = random.Random(f"{seed} {name}")
    made = 0
    while made < count:
        way = chance.choice(WAYS)
        model = onnx.load_from_string(data)
        if not model.graph.node or not way(model, chance):
            if not model.graph.node:
                return
            continue
        keep(models, target, f"{name}.{made}", way.__name__, model.SerializeToString())
        made += 1


def keep(models, target, name, way, data):
    file = os.path.join(target, f"{name}.onnx")
    with open(file, "wb") as out:
        out.write(data)
    models.append((name, file, way))


def tell(model, words):
    name, file, way = model
    print(json.dumps({"name": name, "file": file, "way": way, "complaint": words}))


if __name__ == "__main__":
    main(*sys.argv[1:])
