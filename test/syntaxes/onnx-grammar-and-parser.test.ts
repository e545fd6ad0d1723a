/** The grammar colours what the parser finds: every operator, label, attribute and type of whole documents. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../server/src/onnx/text/parse.ts';
import type {
  AttributeSyntax,
  AttributeValueSyntax,
  GraphSyntax,
  Identifier,
  NodeStatement,
  TypeSyntax,
  ValueDeclaration,
} from '../../server/src/onnx/text/syntax-tree.ts';
import { graphOnly, modelWithFunctions } from '../server/onnx/text/parser/documents.ts';
import { tokenizeWithOffsets } from './support.ts';

interface Expectation {
  readonly offset: number;
  readonly scope: string;
}

/** What the scopes of the words of a document have to be, by the parser. */
function expectations(text: string): Expectation[] {
  const tree = parseOnnxText(text);
  assert.equal(tree.problemCount, 0);
  const expected: Expectation[] = [];
  let base = 0;
  const expect = (identifier: Identifier | undefined, scope: string) => {
    if (identifier && identifier.end > identifier.start) {
      expected.push({ offset: base + identifier.start, scope });
    }
  };
  const type = (syntax: TypeSyntax | undefined): void => {
    if (syntax?.kind === 'tensor' || syntax?.kind === 'sparse_tensor') {
      expect(syntax.element, 'storage.type.onnx');
    } else if (syntax?.kind === 'seq' || syntax?.kind === 'optional') {
      type(syntax.element);
    } else if (syntax?.kind === 'map') {
      expect(syntax.key, 'storage.type.onnx');
      type(syntax.value);
    }
  };
  const declarations = (list: readonly ValueDeclaration[]): void => {
    for (const declaration of list) {
      type(declaration.type);
    }
  };
  const value = (syntax: AttributeValueSyntax): void => {
    if (syntax.kind === 'graph') {
      graph(syntax.value);
    } else if (syntax.kind === 'list') {
      syntax.elements.forEach(value);
    } else if (syntax.kind === 'type') {
      type(syntax.value);
    } else if (syntax.kind === 'tensor') {
      type(syntax.value.type);
    } else if (syntax.kind === 'reference') {
      expect(syntax.name, 'variable.parameter.reference.onnx');
    }
  };
  const attributes = (list: readonly AttributeSyntax[]): void => {
    for (const attribute of list) {
      expect(attribute.name, 'variable.parameter.attribute.onnx');
      expect(attribute.type, 'storage.type.attribute.onnx');
      value(attribute.value);
    }
  };
  const node = (statement: NodeStatement): void => {
    expect(statement.label, 'entity.name.label.onnx');
    expect(statement.operator, 'support.function.operator.onnx');
    expect(statement.domain, 'entity.name.namespace.onnx');
    expect(statement.overload, 'entity.name.tag.overload.onnx');
    attributes(statement.attributes);
  };
  const graph = ({ name, inputs, outputs, values, nodes }: GraphSyntax): void => {
    expect(name, 'entity.name.function.onnx');
    declarations([...inputs, ...outputs, ...values]);
    nodes.forEach(node);
  };
  tree.segments.forEach((segment, index) => {
    base = tree.starts[index] ?? 0;
    switch (segment.kind) {
      case 'model-header':
        for (const { key } of segment.entries) {
          expect(key, 'keyword.other.header.onnx');
        }
        break;
      case 'graph-signature':
        expect(segment.name, 'entity.name.function.onnx');
        declarations([...segment.inputs, ...segment.outputs]);
        break;
      case 'function-signature':
        expect(segment.name, 'entity.name.function.onnx');
        attributes(segment.attributeDefaults);
        break;
      case 'value-declaration':
        type(segment.type);
        break;
      case 'node-statement':
        node(segment);
        break;
      case 'skipped':
        break;
    }
  });
  return expected;
}

const quoted = `g (float x) => (y) {
  ["a b"] y = "com.my-company"."my op":"v 1" <"my attr" = 1, b: graph = "my graph" (float i) => (o) { [n] o = "q" (i) }> (x)
}
`;

describe('the grammar agrees with the parser', () => {
  for (const [title, text] of [
    ['of a model with functions', modelWithFunctions],
    ['as the official printer prints a graph', graphOnly],
    ['with names in quotes', quoted],
  ] as const) {
    test(`on every word of a document ${title}`, async () => {
      const tokens = await tokenizeWithOffsets('source.onnx', text);
      for (const { offset, scope } of expectations(text)) {
        const token = tokens.find(({ start, end }) => start <= offset && offset < end);
        assert.ok(
          token?.scopes.some((found) => found.split(' ').includes(scope)),
          `${JSON.stringify(text.slice(offset, offset + 20))} is ${token?.scopes.join(' ')}, not ${scope}`,
        );
      }
    });
  }
});
