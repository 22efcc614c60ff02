import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RecentChat } from '@switchboard/protocol/types';

import { EMPTY_LIST, listUnread, reduceList } from './conversation-list.ts';
import type { ListEvent, ListState } from './conversation-list.ts';
import type { Content } from './timeline/state.ts';

const at = (seconds: number) => new Date(Date.parse('2026-11-23T08:00:00.000Z') + seconds * 1_000).toISOString();
const content = (key: string, seconds: number, senderType: 'CLIENT' | 'OPERATOR' = 'CLIENT'): Content => ({
  key,
  senderType,
  operatorId: null,
  operatorName: null,
  text: `text ${key}`,
  image: null,
  createdAt: at(seconds),
});

function chat(messages: readonly Content[], readCount = 0): RecentChat {
  const last = messages.at(-1);
  return {
    client: {
      id: 1,
      username: 'Ada',
      phone: null,
      email: null,
      status: 'ACTIVE',
      address: 'address',
      pageUrl: null,
      createdAt: at(0),
      endedAt: null,
      blockedAt: null,
    },
    lastMessage:
      last === undefined
        ? null
        : {
            id: 1,
            messageKey: last.key,
            seq: messages.length,
            clientId: 1,
            senderType: last.senderType,
            messageType: 'TEXT',
            text: last.text,
            imageUrl: null,
            imageName: null,
            mimeType: null,
            imageWidth: null,
            imageHeight: null,
            operatorId: null,
            operatorName: null,
            isRead: false,
            readAt: null,
            createdAt: last.createdAt,
          },
    unreadCount: messages.filter((message) => message.senderType === 'CLIENT').length - readCount,
    receipts: { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 },
    lastActivityAt: last?.createdAt ?? at(0),
  };
}

const run = (events: readonly ListEvent[], state: ListState = EMPTY_LIST) => events.reduce(reduceList, state);
const unread = (state: ListState) => listUnread(state.get(1)!);

describe('the list', () => {
  it('counts live messages until they are fetched, and each once', () => {
    const seeded = run([{ type: 'fetched', chats: [chat([content('a', 1)])] }]);
    const live = run(
      [
        { type: 'message', clientId: 1, content: content('b', 2) },
        { type: 'message', clientId: 1, content: content('b', 2) },
      ],
      seeded,
    );
    expect(unread(live)).toBe(2);
    expect(live.get(1)?.summary).toMatchObject({ preview: { text: 'text b' }, lastActivityAt: at(2) });
    expect(unread(run([{ type: 'fetched', chats: [chat([content('a', 1), content('b', 2)])] }], live))).toBe(2);
  });

  it('does not go back to an older preview when a fetch is slower than the relay', () => {
    const state = run([
      { type: 'fetched', chats: [chat([content('a', 1)])] },
      { type: 'message', clientId: 1, content: content('b', 2) },
      { type: 'fetched', chats: [chat([content('a', 1)])] },
    ]);
    expect(state.get(1)?.summary.preview?.text).toBe('text b');
    expect(unread(state)).toBe(2);
  });

  it('stays read when a fetch from before the reading comes late', () => {
    const state = run([
      { type: 'fetched', chats: [chat([content('a', 1)])] },
      { type: 'read', clientId: 1, until: at(1) },
      { type: 'fetched', chats: [chat([content('a', 1)])] },
    ]);
    expect(unread(state)).toBe(0);
    expect(unread(run([{ type: 'message', clientId: 1, content: content('b', 2) }], state))).toBe(1);
  });

  it('does not count what operators say, and takes up an ended conversation when the visitor writes again', () => {
    const ended = run([
      { type: 'fetched', chats: [chat([])] },
      { type: 'ended', clientId: 1, at: at(3) },
      { type: 'message', clientId: 1, content: content('o', 4, 'OPERATOR') },
    ]);
    expect(unread(ended)).toBe(0);
    expect(ended.get(1)?.summary.endedAt).toBe(at(3));
    expect(run([{ type: 'message', clientId: 1, content: content('c', 5) }], ended).get(1)?.summary.endedAt).toBeNull();
  });

  it('shows an adopted address at once, and keeps it when the fetched list is too short for it', () => {
    const state = run([
      { type: 'adopted', clientId: 9, username: 'Old', address: 'socket', at: at(1) },
      { type: 'fetched', chats: [chat([])] },
    ]);
    expect(state.get(9)?.summary).toMatchObject({ username: 'Old', address: 'socket' });
  });

  it('ends with what a fresh fetch says, whatever came before', () => {
    const messages = [content('a', 1), content('b', 2), content('c', 3, 'OPERATOR'), content('d', 4)];
    const event: fc.Arbitrary<ListEvent> = fc.oneof(
      fc.nat(3).map((index): ListEvent => ({ type: 'message', clientId: 1, content: messages[index]! })),
      fc.nat(4).map((count): ListEvent => ({ type: 'fetched', chats: [chat(messages.slice(0, count))] })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const fresh: ListEvent = { type: 'fetched', chats: [chat(messages)] };
        const state = run([...events, fresh]).get(1)!;
        expect(listUnread(state)).toBe(3);
        expect(state.summary).toEqual(run([fresh]).get(1)!.summary);
      }),
    );
  });
});

it('shows the beginning of a message that is longer than any row, whichever way it came', () => {
  const long = { ...content('long', 1), text: 'x'.repeat(10_000) };
  const fetched = reduceList(EMPTY_LIST, { type: 'fetched', chats: [chat([long])] });
  const heard = reduceList(reduceList(EMPTY_LIST, { type: 'fetched', chats: [chat([])] }), { type: 'message', clientId: 1, content: long });
  for (const state of [fetched, heard]) expect(state.get(1)?.summary.preview?.text).toBe(`${'x'.repeat(200)}…`);
});
