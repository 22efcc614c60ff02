import { expect, it } from 'vitest';

import * as lineWords from './line-words.ts';
import { loadTexts } from './texts.ts';

const texts = await loadTexts('en');
const troubleOf = (lines: Parameters<typeof lineWords.troubleOf>[0]) => lineWords.troubleOf(lines, texts);
const fine = { connection: 'connected', noLiveConnection: false, savesFailing: false, outboxVolatile: false } as const;
const lost = { noLiveConnection: true } as const;

it('says nothing while all is well, nor of what is over in a moment', () => {
  for (const connection of ['connected', 'connecting', 'reconnecting', 'checking', 'offline'] as const)
    expect(troubleOf({ ...fine, connection })).toBeNull();
});

it('says that messages go through while they do, and that they are kept while they do not', () => {
  expect(troubleOf({ ...fine, connection: 'reconnecting', ...lost })).toBe('Reconnecting. Messages go through, a little later.');
  expect(troubleOf({ ...fine, connection: 'connecting', ...lost })).toBe('No live connection. Messages go through, a little later.');
  expect(troubleOf({ ...fine, connection: 'reconnecting', ...lost, savesFailing: true })).toBe(
    'We can’t be reached right now. Messages are kept here and will be sent.',
  );
  expect(troubleOf({ ...fine, savesFailing: true })).toMatch(/kept here/);
  expect(troubleOf({ ...fine, connection: 'offline', ...lost, savesFailing: true })).toMatch(/^You are offline/);
});

it('does not say that a browser keeps what it can’t keep', () => {
  expect(troubleOf({ ...fine, connection: 'offline', ...lost, outboxVolatile: true })).toBe(
    'You are offline. Leave this page open: messages will be sent.',
  );
  expect(troubleOf({ ...fine, savesFailing: true, outboxVolatile: true })).not.toMatch(/kept/);
  expect(troubleOf({ ...fine, outboxVolatile: true })).toMatch(/keeps nothing/);
});
