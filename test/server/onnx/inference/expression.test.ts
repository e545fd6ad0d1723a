import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  add,
  anonymousSymbol,
  broadcast,
  ceilDivide,
  type Dim,
  divideExactly,
  equalDims,
  floorDivide,
  integerPart,
  maximum,
  minimum,
  modulo,
  multiply,
  product,
  substitute,
  subtract,
  symbol,
} from '../../../../server/src/onnx/inference/expression.ts';
import { formatDim } from '../../../../server/src/onnx/inference/format.ts';

const [n, h, w] = ['N', 'H', 'W'].map(symbol);

function assertSame(a: Dim, b: Dim): void {
  assert.ok(a !== undefined && equalDims(a, b), `${formatDim(a)} is not ${formatDim(b)}`);
}

describe('symbolic dims', () => {
  test('sums and products are equal however they are written', () => {
    assertSame(add(n, h), add(h, n));
    assertSame(multiply(add(n, 1), h), add(multiply(h, n), h));
    assertSame(subtract(add(n, h), h), n);
    assert.equal(subtract(n, n), 0);
    assert.ok(!equalDims(n, h));
  });

  test('division undoes multiplication', () => {
    assertSame(floorDivide(multiply(n, 4), 4), n);
    assertSame(divideExactly(product([n, h, w]), multiply(h, w)), n);
    assertSame(divideExactly(multiply(add(h, 1), n), add(h, 1)), n);
    assert.equal(modulo(multiply(n, 6), 3), 0);
    assert.equal(divideExactly(7, 2), undefined);
  });

  test('the usual output sizes of strided windows have one form', () => {
    const strided = add(floorDivide(subtract(h, 1), 2), 1);
    assert.equal(formatDim(strided), '(H + 1)//2');
    assertSame(strided, ceilDivide(h, 2));
    assertSame(add(floorDivide(subtract(strided, 1), 2), 1), ceilDivide(h, 4));
    assertSame(floorDivide(add(multiply(h, 6), 3), 9), floorDivide(add(multiply(h, 2), 1), 3));
  });

  test('minimum and maximum are decided where the bounds tell', () => {
    assertSame(maximum(0, subtract(n, 1)), subtract(n, 1));
    assertSame(minimum(n, add(n, 3)), n);
    assert.equal(formatDim(minimum(n, 10)), 'min(N, 10)');
    assert.equal(formatDim(maximum(0, subtract(n, 5))), 'max(N - 5, 0)');
    assertSame(minimum(minimum(n, h), w), minimum(n, minimum(w, h)));
  });

  test('broadcasting takes the dim that is not 1', () => {
    assertSame(broadcast(1, n), n);
    assert.equal(broadcast(n, 8), 8);
    assert.equal(broadcast(3, 4), undefined);
    assertSame(broadcast(n, h), broadcast(h, n));
  });

  test('fractions of float arithmetic become floors', () => {
    assertSame(integerPart(multiply(n, 0.5)), floorDivide(n, 2));
    assertSame(integerPart(multiply(multiply(n, 2), 0.5)), n);
  });

  test('what no number can hold is unknown', () => {
    assert.equal(multiply(2 ** 40, 2 ** 40), undefined);
    assert.equal(multiply(undefined, n), undefined);
    assert.equal(multiply(undefined, 0), 0);
    let power: Dim = n;
    for (let step = 0; step < 10; step++) power = multiply(power, add(power, h));
    assert.equal(power, undefined);
  });

  test('a name is data, whatever it looks like', () => {
    assert.ok(!equalDims(symbol('N*2'), multiply(n, 2)));
    assert.ok(!equalDims(symbol('?x'), anonymousSymbol('x')));
  });

  test('expressions agree with arithmetic at random points', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const point: Readonly<Record<string, number>> = { N: 5, H: 37, W: 224 };
    const at = (dim: Dim) => substitute(dim, (name) => point[name]);
    const operations = [add, subtract, multiply, floorDivide, ceilDivide, minimum, maximum, modulo];
    let checked = 0;
    for (let round = 0; round < 3000; round++) {
      let dim: Dim = [n, h, w][random(3)];
      let expected = at(dim);
      for (let step = 0; step < 4; step++) {
        const operation = operations[random(operations.length)] ?? add;
        const divides = operation === floorDivide || operation === ceilDivide || operation === modulo;
        const other: Dim = random(2) === 0 && !divides ? [n, h, w][random(3)] : 1 + random(9);
        dim = operation(dim, other);
        expected = operation(expected, at(other));
      }
      if (dim === undefined) continue;
      checked++;
      assert.equal(at(dim), expected, formatDim(dim));
    }
    assert.ok(checked > 2500);
  });
});
