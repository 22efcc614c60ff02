import { describe, expect, it } from 'vitest';

import { ChatError } from '../errors.ts';
import { parse } from '../parse.ts';
import { ENDPOINTS } from './endpoints.ts';

/** The fields that a body is refused for, with what is wrong with each. */
function refusal(schema: Parameters<typeof parse>[0], body: unknown): Readonly<Record<string, string>> {
  try {
    parse(schema, body);
  } catch (error) {
    if (error instanceof ChatError) return error.detail.fields ?? {};
    throw error;
  }
  return {};
}

describe('a tag’s name', () => {
  const { schema } = ENDPOINTS['POST /api/v1/tags'].body;

  it('is trimmed and has one spelling', () => {
    expect(parse(schema, { name: ' Cafe\u0301 ' })).toEqual({ name: 'Café' });
  });

  it.each(['', '  ', '\u200B', 'two\nlines', 'a\u0000', 'x'.repeat(51), 7])('is refused: %j', (name) => {
    expect(refusal(schema, { name })).toHaveProperty('name');
  });
});

describe('the tags of a conversation', () => {
  const { schema } = ENDPOINTS['PUT /api/v1/conversations/{id}/tags'].body;

  it.each([[[1, 1]], [Array.from({ length: 21 }, (_, index) => index + 1)], [[0]], [['1']]])('are refused: %j', (tagIds) => {
    expect(Object.keys(refusal(schema, { tagIds }))[0]).toMatch(/^tagIds/);
  });
});

describe('a canned reply', () => {
  const { schema } = ENDPOINTS['POST /api/v1/canned-replies'].body;
  const reply = { shortcut: 'hi', text: 'Hello {{visitor.name}}' };

  it('is the caller’s own unless it says otherwise, and its shortcut is in lower case, in any script', () => {
    expect(parse(schema, { ...reply, shortcut: 'GRÜẞE_2' })).toEqual({ ...reply, shortcut: 'grüße_2', scope: 'own' });
    for (const shortcut of ['привет', '你好', 'नमस्ते', '7-a']) expect(parse(schema, { ...reply, shortcut })).toMatchObject({ shortcut });
  });

  it.each(['', '/hi', 'two words', 'a.b', 'x'.repeat(41), '\u200B'])('is refused with the shortcut %j', (shortcut) => {
    expect(refusal(schema, { ...reply, shortcut })).toHaveProperty('shortcut');
  });

  it('with an unknown variable is refused with the list of those that exist', () => {
    expect(refusal(schema, { ...reply, text: 'Dear {{vistor.name}}' })).toEqual({
      text: 'must not contain {{vistor.name}}: the variables are {{visitor.name}}, {{visitor.email}}, {{page}}, {{operator.name}}',
    });
  });

  it('names a team exactly when it is a team’s', () => {
    expect(refusal(schema, { ...reply, scope: 'team' })).toHaveProperty('teamId');
    expect(refusal(schema, { ...reply, scope: 'own', teamId: 3 })).toHaveProperty('teamId');
    expect(refusal(schema, { ...reply, scope: 'team', teamId: 3 })).toEqual({});
  });
});

describe('a draft', () => {
  const { schema } = ENDPOINTS['PUT /api/v1/conversations/{id}/draft'].body;

  it('may be empty', () => {
    expect(refusal(schema, { kind: 'note', text: '', version: 1 })).toEqual({});
  });

  it.each([{ version: 0 }, { version: 2 ** 31 }, { kind: 'mail' }, { text: 'x'.repeat(10_001) }])('is refused with %j', (more) => {
    expect(Object.keys(refusal(schema, { kind: 'reply', text: 'x', version: 1, ...more }))).toEqual(Object.keys(more));
  });
});

describe('a page of activity', () => {
  const { query } = ENDPOINTS['GET /api/v1/conversations/{id}/activity'];

  it.each([{ afterActivitySeq: '1', beforeActivitySeq: '3' }, { limit: '0' }, { limit: '201' }, { afterActivitySeq: '-1' }])(
    'is refused for %j',
    (asked) => {
      expect(refusal(query, asked)).not.toEqual({});
    },
  );
});
