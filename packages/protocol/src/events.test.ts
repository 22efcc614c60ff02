import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ChatError, MAX_TEXT_LENGTH, parse, peerEvents } from './index.ts';

const key = '018f4a6e-7b1c-4d7e-9a51-0c7b8a9d1e2f';

describe('clientMessage', () => {
  it.each([
    ['a text', { type: 'text', message: 'Hi' }],
    ['a text with a key', { type: 'text', message: 'Hi', messageKey: key }],
    ['an image of an old front-end', { type: 'image', image: 'data:image/png;base64,AAAA', name: 'a.png', mimeType: 'image/png', size: 3 }],
    ['null for missing fields', { type: 'text', message: 'Hi', image: null, name: null, mimeType: null, size: null }],
    ['an old front-end’s own type', { type: 'file', image: 'https://files.example/1' }],
    ['a text of the maximum length', { type: 'text', message: 'x'.repeat(MAX_TEXT_LENGTH) }],
  ])('may be %s', (_what, payload) => {
    expect(peerEvents.clientMessage.parse(payload)).toEqual(payload);
  });

  it.each([
    ['nothing', undefined],
    ['text instead of an object', 'Hi'],
    ['no type', { message: 'Hi' }],
    ['an empty text', { type: 'text', message: '' }],
    ['a text without text', { type: 'text', image: 'https://files.example/1' }],
    ['an image without image', { type: 'image', message: 'Hi' }],
    ['a text that is an object', { type: 'text', message: { $ne: '' } }],
    ['a key that is no UUID', { type: 'text', message: 'Hi', messageKey: '1' }],
    ['a text that is too long', { type: 'text', message: 'x'.repeat(MAX_TEXT_LENGTH + 1) }],
  ])('is refused with %s', (_what, payload) => {
    expect(() => parse(peerEvents.clientMessage, payload)).toThrow(ChatError);
  });

  it('drops unknown fields, so that no receiver gets them', () => {
    expect(
      peerEvents.clientMessage.parse({ type: 'text', message: 'Hi', id: 7, from: 'somebody else', __proto__: { admin: true } }),
    ).toEqual({ type: 'text', message: 'Hi' });
  });
});

describe('operatorMessage', () => {
  it.each([[[]], [{}], [7], [true], [''], ['x'.repeat(65)], [null]])('is refused with the address %j', (to) => {
    expect(peerEvents.operatorMessage.safeParse({ type: 'text', message: 'Hi', to }).success).toBe(false);
  });

  it('accepts both kinds of operator id that old front-ends send', () => {
    for (const operatorId of [7, 'seven', null])
      expect(peerEvents.operatorMessage.parse({ type: 'text', message: 'Hi', to: 'a', operatorId })).toMatchObject({ operatorId });
  });
});

/** The outcome of parsing an input. `fault`: an error other than a refusal that names fields, which is a bug. */
function outcome(schema: (typeof peerEvents)[keyof typeof peerEvents], input: unknown): 'parsed' | 'refused' | 'fault' {
  try {
    parse(schema, input);
    return 'parsed';
  } catch (error) {
    return error instanceof ChatError && Object.keys(error.detail.fields ?? {}).length > 0 ? 'refused' : 'fault';
  }
}

describe('every schema', () => {
  it('turns any input into a value or into a ChatError that names a field, never into another error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(peerEvents)), fc.anything(), (schema, input) => {
        expect(outcome(schema, input)).not.toBe('fault');
      }),
    );
  });
});
