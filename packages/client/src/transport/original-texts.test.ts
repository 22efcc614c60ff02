import { expect, it } from 'vitest';

import { withOriginalTexts } from './original-texts.ts';

it.each([
  ['nothing was changed', { from: 'a', message: 'Hi' }, { from: 'a', message: 'Hi' }],
  [
    'texts were changed',
    { from: 'a', message: 'if (ad)', name: 'a.png', original: { message: 'if (a<b && c>d)' } },
    { from: 'a', message: 'if (a<b && c>d)', name: 'a.png' },
  ],
  ['an image was left out', { image: null, original: { image: 'blob:x' } }, { image: 'blob:x' }],
  ['there is no payload', undefined, undefined],
])('takes what was typed where %s', (_what, payload, typed) => {
  expect({ typed: withOriginalTexts<unknown>(payload) }).toMatchObject({ typed });
});
