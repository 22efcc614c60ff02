import { expect, it } from 'vitest';

import { connectionText } from './connection-text.ts';
import { loadTexts } from './texts.ts';

const texts = await loadTexts('en');
const textFor = (snapshot: Parameters<typeof connectionText>[0]) => connectionText(snapshot, texts);
const fine = { connection: 'connected', noLiveConnection: false, savesFailing: false, outboxVolatile: false } as const;
const lost = { noLiveConnection: true } as const;

it('shows nothing while everything works, or for a short interruption', () => {
  for (const connection of ['connected', 'connecting', 'reconnecting', 'checking', 'offline'] as const)
    expect(textFor({ ...fine, connection })).toBeNull();
});

it('says that messages are delivered while saving works, and that they are kept while it fails', () => {
  expect(textFor({ ...fine, connection: 'reconnecting', ...lost })).toBe('Reconnecting. Messages go through, a little later.');
  expect(textFor({ ...fine, connection: 'connecting', ...lost })).toBe('No live connection. Messages go through, a little later.');
  expect(textFor({ ...fine, connection: 'reconnecting', ...lost, savesFailing: true })).toBe(
    'We can’t be reached right now. Messages are kept here and will be sent.',
  );
  expect(textFor({ ...fine, savesFailing: true })).toMatch(/kept here/);
  expect(textFor({ ...fine, connection: 'offline', ...lost, savesFailing: true })).toMatch(/^You are offline/);
});

it('never promises to keep messages when the browser cannot store them', () => {
  expect(textFor({ ...fine, connection: 'offline', ...lost, outboxVolatile: true })).toBe(
    'You are offline. Leave this page open: messages will be sent.',
  );
  expect(textFor({ ...fine, savesFailing: true, outboxVolatile: true })).not.toMatch(/kept/);
  expect(textFor({ ...fine, outboxVolatile: true })).toMatch(/keeps nothing/);
});
