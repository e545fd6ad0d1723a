/**
 * The parts of a syntax tree as one kind of thing, each with its place and its parts in turn. Features that work on "what is
 * here" (hover, selection ranges, semantic tokens) read the tree through this file.
 */
import type { NameRole } from '../onnx/analysis/segment-names.ts';
import type {
  Annotation,
  AttributeSyntax,
  AttributeValueSyntax,
  DimensionSyntax,
  GraphSyntax,
  HeaderEntry,
  HeaderValue,
  Identifier,
  NodeStatement,
  OpsetImportSyntax,
  Segment,
  Span,
  SparseTensorSyntax,
  StringEntrySyntax,
  SyntaxTree,
  TensorDataSyntax,
  TensorSyntax,
  TypeSyntax,
  ValueDeclaration,
} from '../onnx/text/syntax-tree.ts';

/** What an identifier is. */
export type IdentifierRole =
  | NameRole
  | 'graph-name'
  | 'function-name'
  /** An attribute parameter of a function, where it is declared. */
  | 'attribute-parameter'
  /** `@name`: a use of an attribute parameter. */
  | 'attribute-reference'
  | 'label'
  | 'operator'
  | 'domain'
  | 'overload'
  | 'attribute-name'
  | 'attribute-type'
  | 'element-type'
  | 'opaque-name'
  | 'header-key'
  | 'opset-domain'
  | 'string-key'
  | 'string-value'
  | 'tensor-name';

export type Element =
  | { readonly kind: 'segment'; readonly node: Segment }
  /** An input, output, initializer or value info that is part of another segment. */
  | {
      readonly kind: 'declaration';
      readonly node: ValueDeclaration;
      readonly role: 'input' | 'output' | 'value';
    }
  | { readonly kind: 'statement'; readonly node: NodeStatement }
  | { readonly kind: 'header-entry'; readonly node: HeaderEntry }
  | { readonly kind: 'header-value'; readonly node: HeaderValue }
  | { readonly kind: 'opset-import'; readonly node: OpsetImportSyntax }
  | { readonly kind: 'opset-version'; readonly node: OpsetImportSyntax['version'] }
  | { readonly kind: 'string-entry'; readonly node: StringEntrySyntax }
  | { readonly kind: 'attribute'; readonly node: AttributeSyntax }
  | { readonly kind: 'attribute-value'; readonly node: AttributeValueSyntax }
  | { readonly kind: 'graph'; readonly node: GraphSyntax }
  | { readonly kind: 'tensor'; readonly node: TensorSyntax }
  | { readonly kind: 'sparse-tensor'; readonly node: SparseTensorSyntax }
  | { readonly kind: 'tensor-data'; readonly node: TensorDataSyntax }
  | { readonly kind: 'type'; readonly node: TypeSyntax }
  | { readonly kind: 'dimension'; readonly node: DimensionSyntax }
  | { readonly kind: 'annotation'; readonly node: Annotation }
  | { readonly kind: 'identifier'; readonly node: Identifier; readonly role: IdentifierRole };

/** Where the cursor is: the segment and the elements around the cursor, from the segment inwards. */
export interface Place {
  readonly segment: number;
  /** Absolute offset of the segment; spans of the elements are relative to it. */
  readonly start: number;
  readonly path: readonly Element[];
}

/**
 * The innermost elements at an offset. An offset at the end of an identifier belongs to it, as a cursor behind a word does;
 * between two elements the one that begins there wins. Undefined between segments.
 */
export function placeAt(tree: SyntaxTree, offset: number): Place | undefined {
  const index = segmentAt(tree, offset);
  const segment = index === undefined ? undefined : tree.segments[index];
  if (index === undefined || !segment) {
    return undefined;
  }
  const start = tree.starts[index] ?? 0;
  const path: Element[] = [{ kind: 'segment', node: segment }];
  for (let inner = path[0]; inner; ) {
    inner = childAt(inner, offset - start);
    if (inner) {
      path.push(inner);
    }
  }
  return { segment: index, start, path };
}

/** The innermost element of a kind on a path. */
export function innermost<Kind extends Element['kind']>(
  path: readonly Element[],
  kind: Kind,
): Extract<Element, { kind: Kind }> | undefined {
  return path.findLast((element): element is Extract<Element, { kind: Kind }> => element.kind === kind);
}

/** The innermost node statement of a path. */
export function nodeAround(path: readonly Element[]): NodeStatement | undefined {
  for (const { node } of path.toReversed()) {
    if ('kind' in node && node.kind === 'node-statement') {
      return node;
    }
  }
  return undefined;
}

/** Index of the segment that holds or touches an offset; where two touch, the later one. */
export function segmentAt(tree: SyntaxTree, offset: number): number | undefined {
  const index = lastSegmentFrom(tree, offset);
  const segment = tree.segments[index];
  return segment && offset <= (tree.starts[index] ?? 0) + lengthOf(segment) ? index : undefined;
}

/** Index of the last segment that starts at or before an offset; -1 where there is none. */
export function lastSegmentFrom(tree: SyntaxTree, offset: number): number {
  let low = -1;
  let high = tree.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tree.starts[middle] ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

export function lengthOf(span: Span): number {
  return span.end - span.start;
}

function childAt(element: Element, offset: number): Element | undefined {
  let found: Element | undefined;
  for (const child of childrenOf(element)) {
    const { start, end } = child.node;
    if (start <= offset && (offset < end || (offset === end && (!found || start > found.node.start)))) {
      found = child;
    }
  }
  return found;
}

/** The parts of an element in document order. */
export function childrenOf(element: Element): Element[] {
  switch (element.kind) {
    case 'segment':
      return segmentChildren(element.node);
    case 'statement':
      return segmentChildren(element.node);
    case 'declaration':
      return declarationChildren(element.node, element.role);
    case 'header-entry':
      return [identifier(element.node.key, 'header-key'), { kind: 'header-value', node: element.node.value }];
    case 'header-value':
      return headerValueChildren(element.node);
    case 'opset-import':
      return [
        identifier(element.node.domain, 'opset-domain'),
        { kind: 'opset-version', node: element.node.version },
      ];
    case 'string-entry':
      return [identifier(element.node.key, 'string-key'), identifier(element.node.value, 'string-value')];
    case 'attribute':
      return inOrder([
        ...annotations(element.node),
        identifier(element.node.name, 'attribute-name'),
        ...optional(element.node.type, 'attribute-type'),
        { kind: 'attribute-value', node: element.node.value },
      ]);
    case 'attribute-value':
      return attributeValueChildren(element.node);
    case 'graph':
      return graphChildren(element.node);
    case 'tensor':
      return inOrder([
        ...annotations(element.node),
        { kind: 'type', node: element.node.type },
        ...optional(element.node.name, 'tensor-name'),
        ...dataOf(element.node.data),
      ]);
    case 'sparse-tensor':
      return [
        { kind: 'type', node: element.node.type },
        { kind: 'tensor', node: element.node.values },
        { kind: 'tensor', node: element.node.indices },
      ];
    case 'tensor-data':
      return element.node.kind === 'external'
        ? element.node.entries.map((node) => ({ kind: 'string-entry', node }))
        : [];
    case 'type':
      return typeChildren(element.node);
    case 'opset-version':
    case 'dimension':
    case 'annotation':
    case 'identifier':
      return [];
  }
}

function segmentChildren(segment: Segment): Element[] {
  switch (segment.kind) {
    case 'model-header':
      return inOrder([...annotations(segment), ...headerEntries(segment.entries)]);
    case 'graph-signature':
      return inOrder([
        ...annotations(segment),
        identifier(segment.name, 'graph-name'),
        ...declarations(segment.inputs, 'input'),
        ...declarations(segment.outputs, 'output'),
      ]);
    case 'function-signature':
      return inOrder([
        ...annotations(segment),
        ...headerEntries(segment.header),
        identifier(segment.name, 'function-name'),
        ...segment.attributeParameters.map((node) => identifier(node, 'attribute-parameter')),
        ...segment.attributeDefaults.map((node): Element => ({ kind: 'attribute', node })),
        ...declarations(segment.inputs, 'input'),
        ...declarations(segment.outputs, 'output'),
      ]);
    case 'value-declaration':
      return declarationChildren(segment, 'value');
    case 'node-statement':
      return inOrder([
        ...annotations(segment),
        ...optional(segment.label, 'label'),
        ...segment.outputs.map((node) => identifier(node, 'node-output')),
        ...optional(segment.domain, 'domain'),
        identifier(segment.operator, 'operator'),
        ...optional(segment.overload, 'overload'),
        ...segment.attributes.map((node): Element => ({ kind: 'attribute', node })),
        ...segment.inputs.map((node) => identifier(node, 'node-input')),
      ]);
    case 'skipped':
      return annotations(segment);
  }
}

function declarationChildren(declaration: ValueDeclaration, role: 'input' | 'output' | 'value'): Element[] {
  const { type, name, data } = declaration;
  return inOrder([
    ...annotations(declaration),
    ...(type ? [{ kind: 'type', node: type } as const] : []),
    identifier(name, role === 'value' ? (data ? 'initializer' : 'value-info') : role),
    ...dataOf(data),
  ]);
}

function headerValueChildren(value: HeaderValue): Element[] {
  switch (value.kind) {
    case 'opset-imports':
      return value.imports.map((node) => ({ kind: 'opset-import', node }));
    case 'metadata':
      return value.entries.map((node) => ({ kind: 'string-entry', node }));
    default:
      return [];
  }
}

function attributeValueChildren(value: AttributeValueSyntax): Element[] {
  switch (value.kind) {
    case 'tensor':
      return [{ kind: 'tensor', node: value.value }];
    case 'sparse-tensor':
      return [{ kind: 'sparse-tensor', node: value.value }];
    case 'graph':
      return [{ kind: 'graph', node: value.value }];
    case 'type':
      return [{ kind: 'type', node: value.value }];
    case 'reference':
      return [identifier(value.name, 'attribute-reference')];
    case 'list':
      return value.elements.map((node) => ({ kind: 'attribute-value', node }));
    default:
      return [];
  }
}

function graphChildren(graph: GraphSyntax): Element[] {
  return inOrder([
    ...annotations(graph),
    identifier(graph.name, 'graph-name'),
    ...declarations(graph.inputs, 'input'),
    ...declarations(graph.outputs, 'output'),
    ...declarations(graph.values, 'value'),
    ...graph.nodes.map((node): Element => ({ kind: 'statement', node })),
  ]);
}

function typeChildren(type: TypeSyntax): Element[] {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return [
        identifier(type.element, 'element-type'),
        ...(type.dims ?? []).map((node): Element => ({ kind: 'dimension', node })),
      ];
    case 'seq':
    case 'optional':
      return [{ kind: 'type', node: type.element }];
    case 'map':
      return [identifier(type.key, 'element-type'), { kind: 'type', node: type.value }];
    case 'opaque':
      return [...optional(type.domain, 'domain'), ...optional(type.name, 'opaque-name')];
    case 'incomplete':
      return [];
  }
}

function identifier(node: Identifier, role: IdentifierRole): Element {
  return { kind: 'identifier', node, role };
}

function optional(node: Identifier | undefined, role: IdentifierRole): Element[] {
  return node ? [identifier(node, role)] : [];
}

function declarations(nodes: readonly ValueDeclaration[], role: 'input' | 'output' | 'value'): Element[] {
  return nodes.map((node) => ({ kind: 'declaration', node, role }));
}

function headerEntries(entries: readonly HeaderEntry[]): Element[] {
  return entries.map((node) => ({ kind: 'header-entry', node }));
}

function dataOf(node: TensorDataSyntax | undefined): Element[] {
  return node ? [{ kind: 'tensor-data', node }] : [];
}

function annotations(annotated: { readonly annotations: readonly Annotation[] }): Element[] {
  return annotated.annotations.map((node) => ({ kind: 'annotation', node }));
}

/** Attributes may stand before or after the inputs, and some parts elsewhere in text that is not yet complete. */
function inOrder(elements: Element[]): Element[] {
  for (let index = 1; index < elements.length; index++) {
    if ((elements[index]?.node.start ?? 0) < (elements[index - 1]?.node.start ?? 0)) {
      return elements.sort((a, b) => a.node.start - b.node.start);
    }
  }
  return elements;
}
