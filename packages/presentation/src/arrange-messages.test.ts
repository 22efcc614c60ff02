import type { TimelineMessage } from '@switchboard/client';
import { expect, it } from 'vitest';

import { arrangeMessages, lastOwnKey, sameGroup } from './arrange-messages.ts';

function message(key: string, minute: number, more: Partial<TimelineMessage> = {}): TimelineMessage {
  return {
    key,
    senderType: 'CLIENT',
    own: false,
    operatorId: null,
    operatorName: null,
    body: { type: 'text', text: key },
    createdAt: new Date(Date.UTC(2026, 10, 23, 10, minute)).toISOString(),
    seq: null,
    status: null,
    failure: null,
    uploadProgress: null,
    ...more,
  };
}
const maya = { senderType: 'OPERATOR', own: true, operatorId: 1, operatorName: 'Maya' } as const;
const omar = { senderType: 'OPERATOR', own: false, operatorId: 2, operatorName: 'Omar' } as const;
const utcDay = (iso: string) => iso.slice(0, 10);

/** A short form of the items: `|day`, `!` for the "new" divider, a group as its keys. */
function shape(messages: readonly TimelineMessage[], firstUnreadKey: string | null = null): string[] {
  return arrangeMessages(messages, firstUnreadKey, utcDay).map((item) =>
    item.kind === 'group' ? item.messages.map(({ key }) => key).join('') : item.kind === 'day' ? `|${utcDay(item.at)}` : '!',
  );
}

it('groups by sender within five minutes, each operator separately', () => {
  const messages = [
    message('a', 0),
    message('b', 5),
    message('c', 11),
    message('d', 11, maya),
    message('e', 12, omar),
    message('f', 12, maya),
  ];
  expect(shape(messages)).toEqual(['|2026-11-23', 'ab', 'c', 'd', 'e', 'f']);
});

it('puts a divider before each day and before the first unread message, and no group crosses it', () => {
  const messages = [message('a', 0), message('b', 1), message('c', 2), message('d', 14 * 60)];
  expect(shape(messages, 'b')).toEqual(['|2026-11-23', 'a', '!', 'bc', '|2026-11-24', 'd']);
  expect(shape(messages, 'd')).toEqual(['|2026-11-23', 'abc', '|2026-11-24', '!', 'd']);
});

it('returns no items for an empty conversation', () => {
  expect(shape([])).toEqual([]);
});

it('compares groups by their messages', () => {
  const messages = [message('a', 0), message('b', 1)];
  const [one, other, longer] = [messages, messages, [...messages, message('c', 2)]].map((list) => arrangeMessages(list, null, utcDay)[1]);
  if (one?.kind !== 'group' || other?.kind !== 'group' || longer?.kind !== 'group') throw new Error('expected groups');
  expect(sameGroup(one, other)).toBe(true);
  expect(sameGroup(one, longer)).toBe(false);
});

it('finds the newest own message', () => {
  expect(lastOwnKey([message('a', 0, maya), message('b', 1, maya), message('c', 2, omar), message('d', 3)])).toBe('b');
  expect(lastOwnKey([message('a', 0)])).toBeNull();
});
