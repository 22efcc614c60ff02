import { expect, it } from 'vitest';

import { captionWidth, shownSize } from './image-size.ts';

it('keeps the aspect ratio within the maximum size and never enlarges', () => {
  expect(shownSize(1600, 800)).toEqual({ width: 320, height: 160, fit: 'cover' });
  expect(shownSize(800, 1600)).toEqual({ width: 160, height: 320, fit: 'cover' });
  expect(shownSize(120, 80)).toEqual({ width: 120, height: 80, fit: 'cover' });
  expect(shownSize(1600, 800, 240)).toEqual({ width: 240, height: 120, fit: 'cover' });
});

it('stays large enough to click: a panorama fills its box, a small picture is centered in it', () => {
  expect(shownSize(4000, 400)).toEqual({ width: 320, height: 48, fit: 'cover' });
  expect(shownSize(24, 24)).toEqual({ width: 48, height: 48, fit: 'scale-down' });
  expect(shownSize(4000, 10)).toEqual({ width: 320, height: 48, fit: 'scale-down' });
});

it('makes a caption as wide as its picture, but never too narrow to read', () => {
  expect(captionWidth(shownSize(1600, 800))).toBe(320);
  expect(captionWidth(shownSize(24, 24))).toBe(200);
});

it('reserves space for a picture of unknown size', () => {
  expect(shownSize(null, null)).toEqual({ width: 240, height: 180, fit: 'scale-down' });
});
