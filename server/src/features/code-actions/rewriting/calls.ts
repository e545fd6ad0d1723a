/** Where local functions are called, with the bodies that the calls are in. */
import { calledFunction, type LocalFunction } from '../../../onnx/analysis/functions.ts';
import type { OnnxDocument } from '../../document.ts';
import { type Body, bodiesInside, type Statement, statementsOf } from './body.ts';

export interface CallSite {
  readonly body: Body;
  readonly statement: Statement;
}

/** In document order; a call comes before those inside its attributes. */
export function callsOf(document: OnnxDocument, called: LocalFunction): CallSite[] {
  const { tree } = document;
  const isCall = ({ node }: Statement) =>
    node.operator.name === called.name && calledFunction(tree, node) === called;
  const found: CallSite[] = [];
  for (const [declaration, { signature }] of tree.declarations.entries()) {
    const body: Body = { scope: { declaration, graphs: [] }, segment: signature };
    for (const statement of statementsOf(document, body)) {
      const add = (inside: Body, candidate: Statement) => {
        if (isCall(candidate)) {
          found.push({ body: inside, statement: candidate });
        }
      };
      add(body, statement);
      for (const inner of bodiesInside(body, statement)) {
        for (const candidate of statementsOf(document, inner)) {
          add(inner, candidate);
        }
      }
    }
  }
  return found;
}
