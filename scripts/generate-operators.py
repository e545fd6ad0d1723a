#!/usr/bin/env python3
"""Writes the table of ONNX operators from the installed `onnx` package (pip), of which it keeps the facts.

usage: generate-operators.py [OUTPUT]   (default server/src/onnx/operators/operators.generated.json; `-` is standard output)

Kept of each version of each operator: formal inputs and outputs, type constraints, attributes with types and defaults, whether
it is deprecated, defined as a function of other operators, or random. Of the documentation only first sentences are kept
(ONNX's, Apache-2.0). The layout is described in server/src/onnx/operators/table.ts, which reads it.
"""

import json
import re
import sys
from pathlib import Path

import onnx
import onnx.defs

DEFAULT_OUTPUT = Path(__file__).parent.parent / "server/src/onnx/operators/operators.generated.json"

LONGEST_SENTENCE = 300  # characters

POST_TRANSFORMS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
KERNELS = ["LINEAR", "POLY", "RBF", "SIGMOID"]
DIRECTIONS = ["forward", "reverse", "bidirectional"]

# The values a string attribute can take. ONNX has them only in its prose, so each is kept for those versions whose
# description mentions it: a value that no version mentions is an error below.
ALLOWED_VALUES = {
    "*.auto_pad": ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"],
    "BitShift.direction": ["LEFT", "RIGHT"],
    "Cast.round_mode": ["up", "down", "nearest"],
    "CastLike.round_mode": ["up", "down", "nearest"],
    "CastMap.cast_to": ["TO_FLOAT", "TO_STRING", "TO_INT64"],
    "CastMap.map_form": ["DENSE", "SPARSE"],
    "CausalConvWithState.activation": ["none", "silu", "swish"],
    "DepthToSpace.mode": ["DCR", "CRD"],
    "SpaceToDepth.mode": ["DCR", "CRD"],
    "GRU.direction": DIRECTIONS,
    "LSTM.direction": DIRECTIONS,
    "RNN.direction": DIRECTIONS,
    "Gelu.approximate": ["none", "tanh"],
    "GridSample.mode": ["linear", "bilinear", "nearest", "cubic", "bicubic"],
    "GridSample.padding_mode": ["zeros", "border", "reflection"],
    "ImageDecoder.pixel_format": ["RGB", "BGR", "Grayscale"],
    "LinearAttention.update_rule": ["linear", "gated", "delta", "gated_delta"],
    "LinearClassifier.post_transform": POST_TRANSFORMS,
    "LinearRegressor.post_transform": POST_TRANSFORMS,
    "Momentum.mode": ["nesterov", "standard"],
    "NegativeLogLikelihoodLoss.reduction": ["none", "mean", "sum"],
    "Normalizer.norm": ["MAX", "L1", "L2"],
    "Pad.mode": ["constant", "reflect", "edge", "wrap"],
    "Resize.coordinate_transformation_mode": [
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "tf_half_pixel_for_nn",
        "tf_crop_and_resize",
    ],
    "Resize.keep_aspect_ratio_policy": ["stretch", "not_larger", "not_smaller"],
    "Resize.mode": ["nearest", "linear", "cubic"],
    "Resize.nearest_mode": ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"],
    "RoiAlign.coordinate_transformation_mode": ["half_pixel", "output_half_pixel"],
    "RoiAlign.mode": ["avg", "max"],
    "SVMClassifier.kernel_type": KERNELS,
    "SVMClassifier.post_transform": POST_TRANSFORMS,
    "SVMRegressor.kernel_type": KERNELS,
    "SVMRegressor.post_transform": POST_TRANSFORMS,
    "ScatterElements.reduction": ["none", "add", "mul", "max", "min"],
    "ScatterND.reduction": ["none", "add", "mul", "max", "min"],
    "SoftmaxCrossEntropyLoss.reduction": ["none", "mean", "sum"],
    "StringNormalizer.case_change_action": ["NONE", "LOWER", "UPPER"],
    "TensorScatter.mode": ["linear", "circular"],
    "TfIdfVectorizer.mode": ["TF", "IDF", "TFIDF"],
    "TreeEnsembleClassifier.post_transform": POST_TRANSFORMS,
    "TreeEnsembleRegressor.aggregate_function": ["AVERAGE", "SUM", "MIN", "MAX"],
    "TreeEnsembleRegressor.post_transform": POST_TRANSFORMS,
    "Upsample.mode": ["nearest", "linear", "bilinear"],
}


def first_sentence(text: str) -> str:
    """The first sentence as one line of Markdown, or nothing where the text begins with something else (a table, code)."""
    text = re.sub(r"<br\s*/?>", "\n\n", text.strip())
    paragraph = re.split(r"\n\s*\n|\n\s*[-*] |\n\s*```|\n\s*\||\n#", text, maxsplit=1)[0]
    line = re.sub(r"\s+", " ", paragraph).strip()
    if line.startswith(("```", "|", "#", "<")):
        return ""
    # A full stop ends the sentence unless it belongs to an abbreviation or a number.
    for stop in re.finditer(r"[.!?](?=\s+[\"'`(]?[A-Z]|$)", line):
        if not re.search(r"\b(e\.g|i\.e|etc|vs|cf|resp|Fig)\.$", line[: stop.end()]):
            line = line[: stop.end()]
            break
    if len(line) > LONGEST_SENTENCE:
        line = line[:LONGEST_SENTENCE].rsplit(" ", 1)[0] + " …"
    return line if line.endswith((".", "!", "?", "…")) or not line else line.rstrip(":;,") + "."


class Pool:
    """Values that repeat are stored once and named by their index."""

    def __init__(self) -> None:
        self.values: list = []
        self.indices: dict[str, int] = {}

    def index(self, value) -> int:
        key = json.dumps(value)
        if key not in self.indices:
            self.indices[key] = len(self.values)
            self.values.append(value)
        return self.indices[key]


texts = Pool()
type_sets = Pool()
mentioned: set[tuple[str, str]] = set()


def text_index(text: str) -> int:
    return texts.index(first_sentence(text))


def parameter(formal) -> list:
    """[name, type, description, option?, least count of a variadic one?, whether a variadic one mixes types?]"""
    option = formal.option.name.lower()
    fields = [formal.name, formal.type_str, text_index(formal.description)]
    if option == "optional":
        fields.append("optional")
    elif option == "variadic":
        fields += ["variadic", formal.min_arity, 0 if formal.is_homogeneous else 1]
    return fields


def default_value(attribute):
    proto = attribute.default_value
    if proto.type == onnx.AttributeProto.UNDEFINED:
        return None
    value = onnx.helper.get_attribute_value(proto)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float):
        return shortest_float(value)
    if isinstance(value, (list, tuple)):
        return [v.decode() if isinstance(v, bytes) else shortest_float(v) if isinstance(v, float) else v for v in value]
    if isinstance(value, int):
        return value
    raise TypeError(f"default of attribute {attribute.name}: {type(value)}")


def shortest_float(value: float) -> float:
    """The shortest decimal that is the same float32: 0.01 where the double of the float32 says 0.009999999776…"""
    import numpy as np

    return float(str(np.float32(value)))


def allowed_values(operator: str, attribute) -> list[str]:
    key = f"{operator}.{attribute.name}"
    values = ALLOWED_VALUES.get(key) or ALLOWED_VALUES.get(f"*.{attribute.name}") or []
    found = [v for v in values if re.search(rf"(?<![A-Za-z0-9_]){re.escape(v)}(?![A-Za-z0-9_])", attribute.description)]
    mentioned.update((key, v) for v in found)
    mentioned.update((f"*.{attribute.name}", v) for v in found)
    return found


def attribute_entry(operator: str, attribute) -> dict:
    entry = {"type": attribute.type.name.lower(), "text": text_index(attribute.description)}
    if attribute.required:
        entry["required"] = 1
    default = default_value(attribute)
    if default is not None:
        entry["default"] = default
    values = allowed_values(operator, attribute) if entry["type"] == "string" else []
    if values:
        entry["values"] = values
    return entry


def version_entry(schema) -> dict:
    entry = {
        "since": schema.since_version,
        "text": text_index(schema.doc),
        "inputs": [parameter(formal) for formal in schema.inputs],
        "outputs": [parameter(formal) for formal in schema.outputs],
    }
    constraints = {c.type_param_str: type_sets.index(sorted(c.allowed_type_strs)) for c in schema.type_constraints}
    if constraints:
        entry["types"] = constraints
    attributes = {name: attribute_entry(schema.name, schema.attributes[name]) for name in sorted(schema.attributes)}
    if attributes:
        entry["attributes"] = attributes
    if schema.deprecated:
        entry["deprecated"] = 1
    if schema.has_function or schema.has_context_dependent_function:
        entry["function"] = 1
    if is_random(schema):
        entry["random"] = 1
    return entry


def is_random(schema) -> bool:
    """ONNX also calls non-deterministic what runs graphs, and functions made of such: not random by themselves."""
    if schema.node_determinism != onnx.defs.OpSchema.NodeDeterminism.NonDeterministic:
        return False
    runs_graphs = any(a.type == onnx.defs.OpSchema.AttrType.GRAPH for a in schema.attributes.values())
    nodes = schema.function_body.node if schema.has_function else []
    return not runs_graphs and not any(node.op_type in ("If", "Loop", "Scan") for node in nodes)


def main() -> None:
    domains: dict[str, dict[str, list]] = {}
    schemas = onnx.defs.get_all_schemas_with_history()
    for schema in sorted(schemas, key=lambda s: (s.domain, s.name, s.since_version)):
        domains.setdefault(schema.domain, {}).setdefault(schema.name, []).append(version_entry(schema))
    for key, values in ALLOWED_VALUES.items():
        for value in values:
            if (key, value) not in mentioned:
                sys.exit(f"ALLOWED_VALUES: no version of {key} mentions {value}")
    table = {
        "source": f"Generated by scripts/generate-operators.py from onnx {onnx.__version__} (Apache-2.0). Not edited by hand.",
        "opsets": {domain: version for domain, (_, version) in sorted(onnx_versions().items())},
        "releases": releases(),
        "typeSets": type_sets.values,
        "texts": texts.values,
        "operators": domains,
    }
    output = json.dumps(table, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace('"operators":', '\n"operators":', 1)
    # One line per operator keeps the differences between two onnx releases readable.
    output = re.sub(r'(?<=\]),(?="[A-Za-z0-9]+":\[\{"since")|(?<=\{)(?="[A-Za-z0-9]+":\[\{"since")', lambda m: m.group() + "\n", output)
    if sys.argv[1:] == ["-"]:
        print(output)
    else:
        Path(*sys.argv[1:2] or [DEFAULT_OUTPUT]).write_text(output + "\n", encoding="utf-8")


def releases() -> list:
    """[release of ONNX, IR version, opset of ai.onnx, opset of ai.onnx.ml], where one of the numbers is new."""
    rows: list = []
    for release, ir_version, opset, ml_opset, *_ in onnx.helper.VERSION_TABLE:
        if not rows or rows[-1][1:] != [ir_version, opset, ml_opset]:
            rows.append([release, ir_version, opset, ml_opset])
    return rows


def onnx_versions() -> dict:
    """Oldest and newest opset version of each domain that the package knows."""
    versions: dict[str, tuple[int, int]] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        low, high = versions.get(schema.domain, (schema.since_version, schema.since_version))
        versions[schema.domain] = (min(low, schema.since_version), max(high, schema.since_version))
    newest = onnx.defs.onnx_opset_version()
    versions[""] = (versions[""][0], max(newest, versions[""][1]))
    return versions


if __name__ == "__main__":
    main()
