import { describe, expect, it } from 'vitest';

import { bare } from './bare.ts';
import type { Dialect, Peer } from './dialect.ts';
import { socketIo } from './socket-io.ts';

const VISITOR: Peer = { role: 'client', id: 1, address: 'ours', token: 'a.b.c' };
const OPERATOR: Peer = { role: 'operator', id: 7, address: '', token: undefined };

/** Reads the kind of a text in the middle of a buffer. */
function receivedBy(dialect: Dialect, text: string) {
  const bytes = Buffer.from(`xx${text}xx`);
  return dialect.kindOf(bytes, 2, bytes.length - 2);
}

describe('Socket.IO', () => {
  const dialect = socketIo(true);

  it('connects with a token, and joins', () => {
    expect(dialect.enter(VISITOR, undefined)).toEqual({ send: [] });
    expect(dialect.enter(VISITOR, '0{"sid":"engine"}')).toEqual({ send: ['40{"token":"a.b.c"}'] });
    expect(dialect.enter(VISITOR, '40{"sid":"socket"}')).toEqual({ send: ['42["join",{"role":"client","name":"Vera"}]'], address: 'ours' });
    expect(dialect.enter({ ...VISITOR, token: undefined }, '40{"sid":"socket"}')).toMatchObject({ address: 'socket' });
    expect(dialect.enter(OPERATOR, '0{"sid":"engine"}')).toEqual({ send: ['40'] });
  });

  it('throws when the server refuses it', () => {
    expect(() => dialect.enter(VISITOR, '44{"message":"Invalid token"}')).toThrow('Invalid token');
  });

  it.each([
    ['42["incomingMessage",{"from":"x"}]', 'delivery'],
    ['42["operatorMessage",{"type":"text"}]', 'delivery'],
    ['42["newChat",{"clientId":"x"}]', 'arrival'],
    ['42["error",{"message":"Rate limit exceeded"}]', 'refusal'],
    ['431[{"ok":true,"timestamp":"2026"}]', 'acknowledgement'],
    ['431[{"ok":false,"error":{}}]', 'other'],
    ['42["resync",{}]', 'other'],
    ['2', 'ping'],
  ])('%s is of the kind %s', (text, kind) => {
    expect(receivedBy(dialect, text)).toBe(kind);
  });

  it('asks for an acknowledgement if it is configured to', () => {
    expect(dialect.message('hello')).toMatch(/^421\["clientMessage",\{"type":"text","message":"hello","messageKey":"[-0-9a-f]{36}"\}\]$/);
    expect(socketIo(false).message('hello')).toMatch(/^42\["clientMessage",/);
    expect(socketIo(false).answer(OPERATOR, 'there', 'hello')).toMatch(/^42\["operatorMessage",\{"to":"there",.*"operatorId":7,/);
  });
});

it('the bare protocol reads a join as an arrival and everything else as a delivery', () => {
  const [join = ''] = bare.enter(VISITOR, undefined).send;
  expect(receivedBy(bare, join)).toBe('arrival');
  expect(receivedBy(bare, bare.message('hello'))).toBe('delivery');
  expect(receivedBy(bare, bare.answer(OPERATOR, 'there', 'hello'))).toBe('delivery');
});
