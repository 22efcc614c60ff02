import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readFromFrame, readFromLoader } from './messages.ts';

describe('messages between frame and loader', () => {
  it.each([
    { switchboard: 1, type: 'ready' },
    { switchboard: 1, type: 'unread', count: 3 },
    { switchboard: 1, type: 'conversation', active: true },
  ])('a frame may say %j', (message) => {
    expect(readFromFrame(message)).toEqual(message);
  });

  it.each([
    { type: 'close' },
    { switchboard: 1, type: 'unread', count: -1 },
    { switchboard: 1, type: 'unread', count: '3' },
    { switchboard: 1, type: 'opened', focus: true, full: false },
    { switchboard: 1, type: 'toString' },
    { switchboard: 1, type: '__proto__' },
    '{"switchboard":1,"type":"close"}',
    null,
  ])('a frame may not say %j', (message) => {
    expect(readFromFrame(message)).toBeUndefined();
  });

  it.each([
    { switchboard: 1, type: 'page', url: 'x'.repeat(2_049) },
    { switchboard: 1, type: 'prefill', name: { toString: 'Ana' } },
    { switchboard: 1, type: 'opened' },
  ])('a loader may not say %j', (message) => {
    expect(readFromLoader(message)).toBeUndefined();
  });

  it('no message from a page throws an error in either', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(readFromFrame(message)).toBeUndefined();
        expect(readFromLoader(message)).toBeUndefined();
      }),
    );
  });
});
