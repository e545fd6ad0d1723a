import type { NodeStatement, Segment } from '../../text/syntax-tree.ts';
import type { Body } from '../environment.ts';
import type { Report } from '../finding.ts';
import type { ResolvedOperator } from '../operators.ts';

/** A node as a rule looks at it. */
export interface NodeInBody {
  readonly node: NodeStatement;
  readonly operator: ResolvedOperator;
  readonly body: Body;
  /** Where it stands by itself or inside the graphs of another node. */
  readonly segment: Segment;
}

/** Looks at one node and what it is of; knows nothing of other statements. */
export type NodeRule = (place: NodeInBody, report: Report) => void;
