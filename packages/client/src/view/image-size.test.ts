import { expect, it } from 'vitest';

import { shownSize } from './image-size.ts';

it('keeps the ratio inside the box and never enlarges', () => {
  expect(shownSize(1600, 800)).toEqual({ width: 320, height: 160 });
  expect(shownSize(800, 1600)).toEqual({ width: 160, height: 320 });
  expect(shownSize(120, 80)).toEqual({ width: 120, height: 80 });
});

it('stays large enough to be hit', () => {
  expect(shownSize(4000, 10)).toEqual({ width: 320, height: 48 });
});

it('reserves a space for what nobody has measured', () => {
  expect(shownSize(null, null)).toEqual({ width: 240, height: 180 });
});
