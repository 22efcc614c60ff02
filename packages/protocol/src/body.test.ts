import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bodyOfRelayed, bodyOfSaved, relayedBody, savedBody, textOf, type LinkedImage, type MessageBody } from './body.ts';

const image = { url: 'https://shop.example/lamp.png', name: 'lamp.png', mimeType: 'image/png' };

const bodies: fc.Arbitrary<MessageBody<LinkedImage>> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({
    type: fc.constant('image' as const),
    image: fc.record({
      url: fc.string({ minLength: 1 }),
      name: fc.option(fc.string()),
      mimeType: fc.option(fc.string()),
    }),
    text: fc.option(fc.string()),
  }),
);

it('every body survives the round trip over the relay and over HTTP', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      expect(bodyOfRelayed(relayedBody(body))).toEqual(body);
      expect(bodyOfSaved(savedBody(body))).toEqual(body);
    }),
  );
});

describe('a socket event', () => {
  it.each([
    ['a text', { type: 'text', message: 'Hello' }, { type: 'text', text: 'Hello' }],
    ['a text of an old front-end', { type: 'text', message: 'Hello', image: null, name: null }, { type: 'text', text: 'Hello' }],
    ['a picture in a data URL', { type: 'image', image: 'data:,x' }, { image: { url: 'data:,x', name: null, mimeType: null }, text: null }],
    ['a picture of an unknown type', { type: 'sticker', image: 'x', message: 'Hi' }, { type: 'image', text: 'Hi' }],
    ['a text of an unknown type', { type: 'poke', message: 'Hi' }, { type: 'text', text: 'Hi' }],
    ['nothing', { type: 'text', message: null, image: '' }, { type: 'text', text: '' }],
  ])('with %s has that body', (_, event, body) => {
    expect(bodyOfRelayed(event)).toMatchObject(body);
  });

  it('contains the fields that old front-ends read', () => {
    expect(relayedBody({ type: 'text', text: 'Hello' })).toEqual({ type: 'text', message: 'Hello' });
    expect(relayedBody({ type: 'image', image, text: 'Red?' })).toEqual({
      type: 'image',
      message: 'Red?',
      image: image.url,
      name: 'lamp.png',
      mimeType: 'image/png',
    });
  });
});

it('the text of a body is its text or caption, null where it is empty', () => {
  expect(textOf({ type: 'text', text: 'Hello' })).toBe('Hello');
  expect(textOf({ type: 'image', image, text: 'Red?' })).toBe('Red?');
  expect([textOf({ type: 'image', image, text: '' }), textOf({ type: 'text', text: '' })]).toEqual([null, null]);
});

it('a saved message of a type that only a newer server knows is shown as its text', () => {
  const message = { messageType: 'VIDEO', text: 'Look', imageUrl: null };
  expect(bodyOfSaved(message as unknown as Parameters<typeof bodyOfSaved>[0])).toEqual({ type: 'text', text: 'Look' });
});
