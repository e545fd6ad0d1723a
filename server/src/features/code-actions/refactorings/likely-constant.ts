import { declarationAt, occurrencesOf, type Scope } from '../../../onnx/analysis/names.ts';
import { defines } from '../../../onnx/analysis/segment-names.ts';
import { canEvaluate, followsFromShape } from '../../../onnx/evaluation/evaluate.ts';
import type { GraphSyntax, NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import type { Place } from '../../elements.ts';

/** So many nodes are looked at: the answer is wanted with every move of the cursor. */
const maximumNodes = 32;

/** Whether a node's inputs come from constants, as far as a look at the names tells; true where it would take too long to tell. */
export function isLikelyConstant(
  document: OnnxDocument,
  { segment, path }: Place,
  node: NodeStatement,
): boolean {
  const declaration = declarationAt(document.tree, segment);
  if (declaration === undefined) {
    return false;
  }
  const graphs = path.flatMap((element): GraphSyntax[] => (element.kind === 'graph' ? [element.node] : []));
  const scope: Scope = { declaration, graphs };
  const seen = new Set<NodeStatement>();
  const isConstant = (at: NodeStatement): boolean => {
    if (seen.has(at) || seen.size >= maximumNodes || followsFromShape(at.operator.name)) {
      return true;
    }
    seen.add(at);
    return at.inputs.every(({ name }) => name === '' || isConstantValue(name));
  };
  const isConstantValue = (name: string): boolean => {
    const definitions = occurrencesOf(document.names, scope, name, segment).filter(({ role }) =>
      defines(role),
    );
    return (
      definitions.length > 0 &&
      definitions.every(({ role, owner }) => {
        if (role === 'initializer') {
          return true;
        }
        return (
          role === 'node-output' &&
          owner.kind === 'node-statement' &&
          (owner.operator.name === 'Constant' ||
            canEvaluate(owner.domain?.name ?? '', owner.operator.name)) &&
          isConstant(owner)
        );
      })
    );
  };
  return isConstant(node);
}
