import { expect, it } from 'vitest';

import { processorsOf } from './pinning.ts';

it.each([
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0-3', [0, 1, 2, 3]],
  ['2-3,7,9-10', [2, 3, 7, 9, 10]],
])('reads the list %s', (list, processors) => {
  expect(processorsOf(list)).toEqual(processors);
});
