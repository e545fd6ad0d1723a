/** Dims, types and values as people read them: `float[batch, 3, (H + 1)//2]`. */

import { dataTypeName } from '../model/data-types.ts';
import type { Dim, Expression, Factor } from './expression.ts';
import type { ValueType } from './value.ts';

/** `?` stands for what only running the model tells. */
export function formatDim(dim: Dim): string {
  if (dim === undefined) return '?';
  return typeof dim === 'number' ? String(dim) : formatExpression(dim);
}

export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(formatDim).join(', ')}]`;
}

/** As ONNX text writes types, with expressions for dims; `?` for an unknown type or element type. */
export function formatType(type: ValueType | undefined): string {
  switch (type?.kind) {
    case undefined:
      return '?';
    case 'tensor':
    case 'sparse_tensor': {
      const element = type.elementType === 0 ? '?' : dataTypeName(type.elementType);
      // Official syntax: a bare element type is a scalar's, brackets without dims an unknown rank's.
      const shape = type.shape === undefined ? '[]' : type.shape.length === 0 ? '' : formatShape(type.shape);
      return type.kind === 'tensor' ? element + shape : `sparse_tensor(${element}${shape})`;
    }
    case 'sequence':
      return `seq(${formatType(type.element)})`;
    case 'optional':
      return `optional(${formatType(type.element)})`;
    case 'map':
      return `map(${dataTypeName(type.key)}, ${formatType(type.value)})`;
    case 'opaque':
      return `opaque(${[type.domain, type.name].filter(Boolean).join('.')})`;
  }
}

function formatExpression(expression: Expression): string {
  let text = '';
  // Positive terms first and the constant last, as one writes it.
  const terms = [...expression.terms].sort(
    (a, b) =>
      Number(a.factors.length === 0) - Number(b.factors.length === 0) ||
      Number(a.coefficient < 0) - Number(b.coefficient < 0) ||
      b.factors.length - a.factors.length,
  );
  for (const { coefficient, factors } of terms) {
    const size = Math.abs(coefficient);
    const parts = factors.map((factor) => formatFactor(factor, factors.length > 1 || size !== 1));
    if (size !== 1 || parts.length === 0) parts.unshift(String(size));
    const sign = text === '' ? (coefficient < 0 ? '-' : '') : coefficient < 0 ? ' - ' : ' + ';
    text += sign + parts.join('*');
  }
  return text;
}

function formatFactor(factor: Factor, insideProduct: boolean): string {
  if (factor.kind === 'symbol') return factor.anonymous ? '?' : factor.name;
  const operands = factor.operands.map(formatDim);
  switch (factor.kind) {
    case 'minimum':
      return `min(${operands.join(', ')})`;
    case 'maximum':
      return `max(${operands.join(', ')})`;
    case 'broadcast':
      return `broadcast(${operands.join(', ')})`;
    default: {
      const [a = '', b = ''] = operands.map((operand) =>
        /^[\w.?]+$/.test(operand) ? operand : `(${operand})`,
      );
      const text = `${a}${factor.kind === 'floor' ? '//' : '%'}${b}`;
      return insideProduct ? `(${text})` : text;
    }
  }
}
