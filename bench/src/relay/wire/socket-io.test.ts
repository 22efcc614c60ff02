import { describe, expect, it } from 'vitest';

import { bare } from './bare.ts';
import type { Dialect, Peer } from './dialect.ts';
import { socketIo } from './socket-io.ts';

const VISITOR: Peer = { role: 'client', id: 1, address: 'ours', token: 'a.b.c' };
const OPERATOR: Peer = { role: 'operator', id: 7, address: '', token: undefined };

/** As it stands somewhere in what was read. */
function heardBy(dialect: Dialect, text: string) {
  const bytes = Buffer.from(`xx${text}xx`);
  return dialect.heard(bytes, 2, bytes.length - 2);
}

describe('Socket.IO', () => {
  const dialect = socketIo(true);

  it('lets a peer in with its token, and joins', () => {
    expect(dialect.enter(VISITOR, undefined)).toEqual({ say: [] });
    expect(dialect.enter(VISITOR, '0{"sid":"engine"}')).toEqual({ say: ['40{"token":"a.b.c"}'] });
    expect(dialect.enter(VISITOR, '40{"sid":"socket"}')).toEqual({ say: ['42["join",{"role":"client","name":"Vera"}]'], address: 'ours' });
    expect(dialect.enter({ ...VISITOR, token: undefined }, '40{"sid":"socket"}')).toMatchObject({ address: 'socket' });
    expect(dialect.enter(OPERATOR, '0{"sid":"engine"}')).toEqual({ say: ['40'] });
  });

  it('says when the server does not let it in', () => {
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
  ])('%s is heard as %s', (text, kind) => {
    expect(heardBy(dialect, text)).toBe(kind);
  });

  it('asks for an acknowledgement where it should', () => {
    expect(dialect.message('hello')).toMatch(/^421\["clientMessage",\{"type":"text","message":"hello","messageKey":"[-0-9a-f]{36}"\}\]$/);
    expect(socketIo(false).message('hello')).toMatch(/^42\["clientMessage",/);
    expect(socketIo(false).answer(OPERATOR, 'there', 'hello')).toMatch(/^42\["operatorMessage",\{"to":"there",.*"operatorId":7,/);
  });
});

it('the floor takes who joins for an arrival, and the rest for deliveries', () => {
  const [join = ''] = bare.enter(VISITOR, undefined).say;
  expect(heardBy(bare, join)).toBe('arrival');
  expect(heardBy(bare, bare.message('hello'))).toBe('delivery');
  expect(heardBy(bare, bare.answer(OPERATOR, 'there', 'hello'))).toBe('delivery');
});
