import { describe, expect, it } from 'vitest';

import {
  ChatError,
  MAX_MESSAGE_AGE_MS,
  MAX_SAVE_BATCH,
  parse,
  readMessagesQuery,
  receiptsRequest,
  saveMessagesRequest,
  startSessionRequest,
  timingsRequest,
} from '../index.ts';

const messageKey = '018F4A6E-7B1C-4D7E-9A51-0C7B8A9D1E2F';
const text = { messageKey, messageType: 'TEXT', text: 'Hi' };

function fieldsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ChatError) return Object.keys(error.detail.fields ?? {});
    throw error;
  }
  return [];
}

describe('startSessionRequest', () => {
  it('trims names and treats empty form fields as not given', () => {
    expect(parse(startSessionRequest, { username: '  Ana ', phone: '', email: ' ' })).toEqual({ username: 'Ana' });
  });

  it.each([
    [{ username: '   ' }, 'username'],
    [{ username: 'x'.repeat(81) }, 'username'],
    [{ username: 'A\u0000na' }, 'username'],
    [{ username: ['Ana'] }, 'username'],
  ])('refuses %j and names the field', (body, field) => {
    expect(fieldsOf(() => parse(startSessionRequest, body))).toEqual([field]);
  });
});

describe('a field that the host page fills in', () => {
  it.each(['jörg@example.de', 'kim@müller.de', 'r&d@lamps.example', 'a@b', '"odd one"@example.org'.replace(' ', '')])(
    'may be the e-mail %s',
    (email) => {
      expect(parse(startSessionRequest, { username: 'Ana', email })).toMatchObject({ email });
    },
  );

  it.each([
    { email: 'n/a' },
    { email: 'ana lindgren@example.org' },
    { email: '@' },
    { email: `${'x'.repeat(300)}@example.org` },
    { email: 'a\u0000@example.org' },
    { email: ['ana@example.org'] },
    { email: null },
    { phone: '1'.repeat(41) },
    { phone: { home: 1 } },
    { phone: '\u200B' },
    { locale: 'x'.repeat(36) },
    { pageUrl: `https://shop.example/${'x'.repeat(3_000)}` },
    { pageUrl: 7 },
  ])('counts as not given when it can’t be used: %j', (given) => {
    expect(parse(startSessionRequest, { username: 'Ana', ...given })).toEqual({ username: 'Ana' });
  });
});

describe('saveMessagesRequest', () => {
  it('normalizes the spelling of keys, so that one message has one key', () => {
    expect(parse(saveMessagesRequest, { messages: [text] }).messages[0]?.messageKey).toBe(messageKey.toLowerCase());
  });

  it.each([
    ['no messages', { messages: [] }],
    ['more than a batch', { messages: Array.from({ length: MAX_SAVE_BATCH + 1 }, () => text) }],
    ['blank text', { messages: [{ ...text, text: ' \n ' }] }],
    ['an image without address', { messages: [{ ...text, messageType: 'IMAGE' }] }],
    ['a client id as text', { messages: [{ ...text, clientId: '7' }] }],
    ['a negative client id', { messages: [{ ...text, clientId: -7 }] }],
    ['a time without zone', { messages: [{ ...text, sentAt: '2026-01-01T00:00:00' }] }],
  ])('refuses %s', (_what, body) => {
    expect(() => parse(saveMessagesRequest, body)).toThrow(ChatError);
  });
});

describe('readMessagesQuery', () => {
  it('defaults to pages of 50', () => {
    expect(parse(readMessagesQuery, { afterSeq: '0' })).toEqual({ afterSeq: 0, limit: 50 });
  });

  it.each([
    { limit: '0' },
    { limit: '201' },
    { limit: '1e2' },
    { afterSeq: '' },
    { afterSeq: '-1' },
    { afterSeq: '1', beforeSeq: '3' },
    { clientId: '0' },
    { afterSeq: ['1', '2'] },
  ])('refuses %j', (query) => {
    expect(() => parse(readMessagesQuery, query)).toThrow(ChatError);
  });
});

describe('timingsRequest', () => {
  it('clamps implausible durations', () => {
    const parsed = parse(timingsRequest, { relayed: [-5, 20.5], saved: [1e12], outboxAge: -1 });
    expect(parsed).toEqual({ relayed: [0, 20.5], saved: [MAX_MESSAGE_AGE_MS], outboxAge: 0 });
    expect(parse(timingsRequest, {})).toEqual({ relayed: [], saved: [] });
  });

  it.each([{ relayed: ['1'] }, { saved: [null] }, { relayed: Array.from({ length: 101 }, () => 1) }, { outboxAge: 'old' }])(
    'refuses %j',
    (body) => {
      expect(() => parse(timingsRequest, body)).toThrow(ChatError);
    },
  );
});

describe('receiptsRequest', () => {
  it('requires at least one number', () => {
    expect(() => parse(receiptsRequest, {})).toThrow(ChatError);
    expect(parse(receiptsRequest, { readSeq: 3 })).toEqual({ readSeq: 3 });
  });
});
