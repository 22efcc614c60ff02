import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_DEPTH, MAX_VALUES, requirePlain } from './plain-json.ts';

/** Why the JSON is refused; `fine` when it is accepted. */
function look(json: string): string {
  try {
    requirePlain(Buffer.from(json));
    return 'fine';
  } catch (error) {
    return /nested too deep|too many values/.exec(String(error))?.[0] ?? String(error);
  }
}

/** Depth and number of values according to a parser. */
function measure(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const inner = Object.values(value).map(measure);
  const commas = Math.max(0, inner.length - 1);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    values: 1 + commas + inner.reduce((sum, { values }) => sum + values, 0),
  };
}

describe('JSON is checked before it is parsed', () => {
  it('and refused exactly when it is too deep or has too many values, whatever its strings contain', () => {
    const content = fc.jsonValue({
      maxDepth: 12,
      depthSize: 'max',
      stringUnit: fc.constantFrom('"', '\\', '[', '{', ']', '}', ',', 'é', '\n', '💡', 'a'),
    });
    fc.assert(
      fc.property(content, (value) => {
        const { depth, values } = measure(value);
        const isFine = depth <= MAX_DEPTH && values <= MAX_VALUES;
        expect(look(JSON.stringify(value)) === 'fine').toBe(isFine);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['just deep enough', '['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH), 'fine'],
    ['one too deep', '['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1), 'nested too deep'],
    ['never closed', '{"a":'.repeat(1_000_000), 'nested too deep'],
    ['closed first', `${']'.repeat(5)}${'['.repeat(4_000_000)}`, 'nested too deep'],
    ['behind an escaped quote', `["\\\\",${'['.repeat(50)}`, 'nested too deep'],
    ['inside of a string', `["${'['.repeat(1_000_000)}"]`, 'fine'],
    ['as many values as are allowed', `[${','.repeat(MAX_VALUES - 1)}]`, 'fine'],
    ['one value too many', `[${','.repeat(MAX_VALUES)}]`, 'too many values'],
  ])('%s', (_name, json, expected) => {
    expect(look(json)).toBe(expected);
  });
});
