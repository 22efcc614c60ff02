import { expect, it } from 'vitest';

import { checkText } from './compose.ts';

it('leaves out what nobody sees and the database does not take, instead of being refused for it', () => {
  expect(checkText('pasted\u0000 from a terminal\u0000')).toBe('pasted from a terminal');
  expect(() => checkText('\u0000 \u0000')).toThrow('The message is empty.');
});
