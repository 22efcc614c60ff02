import { expect, it } from 'vitest';

import { english } from '../../testing/english.ts';
import { troubleOf } from './line-words.ts';

const fine = { connection: 'connected', noLiveConnection: false, savesFailing: false, outboxVolatile: false, signedOut: false } as const;
const lost = { noLiveConnection: true } as const;
const say = (change: Partial<Parameters<typeof troubleOf>[0]>) =>
  troubleOf({ ...fine, ...change }, 'chat.lamps.example', english('trouble'));

it('says nothing without a problem or for a brief interruption', () => {
  expect(say({})).toBeNull();
  for (const connection of ['connecting', 'reconnecting', 'checking', 'offline'] as const) expect(say({ connection })).toBeNull();
});

it('names a relay that was never reached, and who can help', () => {
  expect(say({ connection: 'connecting', ...lost })).toBe(
    'No live connection to chat.lamps.example. Messages still arrive, up to 20 s late. Ask who runs this to run “switchboard doctor”.',
  );
});

it('has one sentence for one cause', () => {
  expect(say({ connection: 'reconnecting', ...lost })).toBe('Reconnecting. Messages still arrive, up to 20 s late.');
  // The relay is connected, so the network works.
  expect(say({ savesFailing: true })).toMatch(/^Messages are not being saved at the moment\. What you send is kept/);
  // Neither works: it would be wrong that messages arrive late.
  expect(say({ connection: 'reconnecting', ...lost, savesFailing: true })).toMatch(/^The server can’t be reached\. What you send is kept/);
  expect(say({ connection: 'offline', ...lost, savesFailing: true })).toMatch(/^You are offline\. What you send is kept/);
});

it('does not say that a browser keeps what it can’t keep', () => {
  for (const change of [
    { connection: 'offline', ...lost },
    { savesFailing: true },
    { connection: 'reconnecting', ...lost, savesFailing: true },
  ] as const)
    expect(say({ ...change, outboxVolatile: true })).toMatch(/Leave this tab open: this browser can’t keep/);
  expect(say({ outboxVolatile: true })).toMatch(/^This browser can’t keep unsent messages/);
});

it('says nothing to a signed-out operator', () => {
  expect(say({ connection: 'reconnecting', ...lost, savesFailing: true, outboxVolatile: true, signedOut: true })).toBeNull();
});
