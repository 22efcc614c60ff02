import { expect, it } from 'vitest';

import { cleanText } from './compose.ts';

it('leaves out what nobody sees and the database does not take, instead of being refused for it', () => {
  expect(cleanText('pasted\u0000 from a terminal\u0000')).toBe('pasted from a terminal');
  expect(() => cleanText('\u0000 \u0000')).toThrow('The message is empty.');
});
