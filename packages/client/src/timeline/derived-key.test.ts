import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sha1 } from '../platform/sha1.ts';
import { randomUuid } from '../platform/uuid.ts';
import { derivedKey } from './derived-key.ts';
import { liveMessage } from './live-message.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const message = { from: 'abc', timestamp: '2026-11-23T08:00:00.000Z', type: 'text', message: 'Hello' };

/** RFC 9562, as the save route checks it. */
const uuid = (version: number) => new RegExp(`^[\\da-f]{8}-[\\da-f]{4}-${version}[\\da-f]{3}-[89ab][\\da-f]{3}-[\\da-f]{12}$`);

describe('sha1', () => {
  it('is SHA-1', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(hex(sha1(bytes))).toBe(createHash('sha1').update(bytes).digest('hex'));
      }),
    );
  });
});

describe('derivedKey', () => {
  it('is the same in every console, and the save route accepts it', () => {
    const received = { ...message, image: null, messageKey: undefined };
    const first = liveMessage(received, { from: 'abc', senderType: 'CLIENT' }).key;
    expect(liveMessage({ ...received, image: undefined }, { from: 'abc', senderType: 'CLIENT' }).key).toBe(first);
    expect(first).toMatch(uuid(5));
    expect(randomUuid()).toMatch(uuid(4));
  });

  it('differs when any part of the message differs', () => {
    const keys = [
      message,
      { ...message, from: 'abd' },
      { ...message, timestamp: '2026-11-23T08:00:00.001Z' },
      { ...message, message: 'Hello!' },
      { ...message, type: 'image', image: 'data:image/png;base64,AAAA' },
      { ...message, type: 'image', image: 'data:image/png;base64,AAAB' },
    ].map(derivedKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
