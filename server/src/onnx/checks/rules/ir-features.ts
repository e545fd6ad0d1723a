/** What came with a later IR version than the model's (onnx.proto, `Version`). onnx.checker passes over it; programs that go by the IR version do not know it. */

import { subgraphsOf } from '../../analysis/segment-names.ts';
import { releaseOfIrVersion } from '../../operators/table.ts';
import type {
  Annotation,
  AttributeSyntax,
  AttributeValueSyntax,
  FunctionSignature,
  NodeStatement,
  Span,
  SyntaxTree,
  TypeSyntax,
  ValueDeclaration,
} from '../../text/syntax-tree.ts';
import type { Report } from '../finding.ts';

const elementTypes: ReadonlyMap<string, number> = new Map([
  ['bfloat16', 4],
  ['float8e4m3fn', 9],
  ['float8e4m3fnuz', 9],
  ['float8e5m2', 9],
  ['float8e5m2fnuz', 9],
  ['int4', 10],
  ['uint4', 10],
  ['float4e2m1', 11],
  ['float8e8m0', 12],
  ['int2', 13],
  ['uint2', 13],
  ['float6e2m3', 14],
  ['float6e3m2', 14],
]);

/** From this IR version on there is nothing to find. */
const newest = 14;

const typeVersions = { sparse_tensor: 8, optional: 8 } as const;
const versions = {
  functions: 8,
  attributeDefaults: 9,
  overloads: 10,
  metadata: 10,
  sparseTensors: 6,
} as const;

/** The lowest IR version that has all that the text has. Looks at all statements. */
export function leastIrVersion({ segments }: SyntaxTree): number {
  let least = 1;
  const tell: Tell = (_span, _what, version) => {
    least = Math.max(least, version);
  };
  const visitNode = (node: NodeStatement): void => {
    tellNode(node, tell);
    for (const { graph } of subgraphsOf(node)) {
      for (const declaration of [...graph.inputs, ...graph.outputs, ...graph.values])
        tellDeclaration(declaration, tell);
      for (const inner of graph.nodes) visitNode(inner);
    }
  };
  for (const segment of segments) {
    if (segment.kind === 'node-statement') visitNode(segment);
    else if (segment.kind === 'value-declaration') tellDeclaration(segment, tell);
    else if (segment.kind === 'function-signature') tellFunction(segment, tell);
    else if (segment.kind === 'graph-signature') {
      for (const declaration of [...segment.inputs, ...segment.outputs]) tellDeclaration(declaration, tell);
    }
  }
  return least;
}

export function checkFeaturesOfNode(
  node: NodeStatement,
  irVersion: number | undefined,
  report: Report,
): void {
  if (irVersion === undefined || irVersion >= newest) return;
  tellNode(node, teller(irVersion, report));
}

function tellNode(node: NodeStatement, tell: Tell): void {
  if (node.overload) tell(node.overload, 'Overloads of functions', versions.overloads);
  checkMetadata(node.annotations, tell);
  for (const attribute of node.attributes) checkValue(attribute.value, tell);
}

export function checkFeaturesOfDeclaration(
  declaration: ValueDeclaration,
  irVersion: number | undefined,
  report: Report,
): void {
  if (irVersion === undefined || irVersion >= newest) return;
  tellDeclaration(declaration, teller(irVersion, report));
}

function tellDeclaration(declaration: ValueDeclaration, tell: Tell): void {
  if (declaration.type) checkType(declaration.type, tell);
  checkMetadata(declaration.annotations, tell);
}

export function checkFeaturesOfFunction(
  signature: FunctionSignature,
  irVersion: number | undefined,
  report: Report,
): void {
  if (irVersion === undefined || irVersion >= newest) return;
  tellFunction(signature, teller(irVersion, report));
}

function tellFunction(signature: FunctionSignature, tell: Tell): void {
  tell(signature.name, 'Functions in a model', versions.functions);
  const [first] = signature.attributeDefaults;
  if (first) tell(first.name, 'Defaults of attribute parameters', versions.attributeDefaults);
  const overload = signature.header.find(({ key }) => key.name === 'overload');
  if (overload) tell(overload, 'Overloads of functions', versions.overloads);
}

type Tell = (span: Span, what: string, version: number) => void;

function teller(irVersion: number, report: Report): Tell {
  return (span, what, version) => {
    if (version <= irVersion) return;
    const release = releaseOfIrVersion(version);
    report(
      'onnx.ir-version-too-low',
      span,
      `${what} came with IR version ${version}${release ? ` (ONNX ${release})` : ''}; this model says ${irVersion}.`,
    );
  };
}

function checkMetadata(annotations: readonly Annotation[], tell: Tell): void {
  const metadata = annotations.find(({ key }) => key === 'metadata_props');
  if (metadata) tell(metadata, 'Metadata of nodes and values', versions.metadata);
}

function checkType(type: TypeSyntax, tell: Tell): void {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor': {
      if (type.kind === 'sparse_tensor') tell(type, 'The type sparse_tensor', typeVersions.sparse_tensor);
      const version = elementTypes.get(type.element.name);
      if (version !== undefined) tell(type.element, `The element type ${type.element.name}`, version);
      return;
    }
    case 'optional':
      tell(type, 'The type optional', typeVersions.optional);
      checkType(type.element, tell);
      return;
    case 'seq':
      checkType(type.element, tell);
      return;
    case 'map':
      checkType(type.value, tell);
      return;
    default:
  }
}

function checkValue(value: AttributeSyntax['value'] | AttributeValueSyntax, tell: Tell): void {
  switch (value.kind) {
    case 'tensor':
      checkType(value.value.type, tell);
      return;
    case 'sparse-tensor':
      tell(value, 'Sparse tensors', versions.sparseTensors);
      return;
    case 'type':
      checkType(value.value, tell);
      return;
    case 'list':
      // Long lists are of numbers or strings.
      if (value.elements.length > 0 && typeof value.elements[0] === 'object') {
        for (const element of value.elements) {
          if (element.kind === 'integer' || element.kind === 'float' || element.kind === 'string') return;
          checkValue(element, tell);
        }
      }
      return;
    default:
  }
}
