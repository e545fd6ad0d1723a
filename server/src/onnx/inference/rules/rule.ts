import type { NodeContext } from '../node-context.ts';

/**
 * Fills in what is known of a node's outputs. The outputs already have the types that the operator's schema tells; a rule adds
 * shapes, elements, and types that depend on attributes, and reports inputs that do not go together.
 */
export type Rule = (context: NodeContext) => void;

export type RuleTable = Readonly<Record<string, Rule>>;
