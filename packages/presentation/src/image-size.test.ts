import { expect, it } from 'vitest';

import { captionWidth, shownSize } from './image-size.ts';

it('keeps the ratio inside the box and never enlarges', () => {
  expect(shownSize(1600, 800)).toEqual({ width: 320, height: 160, fit: 'cover' });
  expect(shownSize(800, 1600)).toEqual({ width: 160, height: 320, fit: 'cover' });
  expect(shownSize(120, 80)).toEqual({ width: 120, height: 80, fit: 'cover' });
  expect(shownSize(1600, 800, 240)).toEqual({ width: 240, height: 120, fit: 'cover' });
});

it('stays large enough to be hit: a panorama fills its room, a small picture stands in the middle of it as it is', () => {
  expect(shownSize(4000, 400)).toEqual({ width: 320, height: 48, fit: 'cover' });
  expect(shownSize(24, 24)).toEqual({ width: 48, height: 48, fit: 'scale-down' });
  expect(shownSize(4000, 10)).toEqual({ width: 320, height: 48, fit: 'scale-down' });
});

it('sets a caption as wide as its picture, but not so narrow that nobody can read it', () => {
  expect(captionWidth(shownSize(1600, 800))).toBe(320);
  expect(captionWidth(shownSize(24, 24))).toBe(200);
});

it('reserves a space for what nobody has measured', () => {
  expect(shownSize(null, null)).toEqual({ width: 240, height: 180, fit: 'scale-down' });
});
