import { describe, expect, it } from 'vitest';

import { median, percentile, runAlternately, toRow } from './figures.ts';

describe('the median', () => {
  it.each([
    [[3], 3],
    [[10, 1, 2], 2],
    [[1, 100, 2, 4], 3],
    [[10, 9, 100], 10],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('throws without values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('the percentile', () => {
  it.each([
    [[3], 0.95, 3],
    [[10, 1, 2, 4], 0.5, 2],
    [Array.from({ length: 100 }, (_, index) => 100 - index), 0.95, 95],
    [[1, 2], 0, 1],
  ])('of %j at %d is %d', (values, share, value) => {
    expect(percentile(values, share)).toBe(value);
  });

  it('throws without values', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

it('rows are compared by their medians', () => {
  const one = toRow('one', 'ms', [4, 2, 90]);
  expect(one).toEqual({ name: 'one', unit: 'ms', median: 4, rounds: [4, 2, 90] });
  expect(toRow('other', 'ms', [30, 1, 10], one).ratio).toEqual({ of: 'one', value: 2.5 });
});

it('contestants run alternately, and the first round does not count', async () => {
  const order: string[] = [];
  let figure = 0;
  const contestant = (name: string) => async () => {
    order.push(name);
    return await Promise.resolve((figure += 1));
  };
  expect(await runAlternately(2, { a: contestant('a'), b: contestant('b') })).toEqual({ a: [3, 5], b: [4, 6] });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});
