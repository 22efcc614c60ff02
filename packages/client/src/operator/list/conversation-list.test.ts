import { describe, expect, it } from 'vitest';

import type { RecentChat } from '@switchboard/protocol/types';

import type { Content } from '../../timeline/state.ts';
import { changedRow, fetchedRow, HEARD_MS, isWaiting, listUnread, summarize } from './conversation-list.ts';
import type { ListRow, RowEvent } from './conversation-list.ts';
import { isNews } from './list-news.ts';

const at = (seconds: number) => new Date(Date.parse('2026-11-23T08:00:00.000Z') + seconds * 1_000).toISOString();
const content = (key: string, seconds: number, senderType: 'CLIENT' | 'OPERATOR' = 'CLIENT'): Content => ({
  key,
  senderType,
  operatorId: null,
  operatorName: null,
  body: { type: 'text', text: `text ${key}` },
  createdAt: at(seconds),
});

const BASE: RecentChat = {
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
    waitingSince: null,
    doneAt: null,
  },
  lastMessage: null,
  unreadCount: 0,
  receipts: { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 },
  lastActivityAt: at(0),
};

/** The chat as the server tells it, with these messages. */
function chat(
  messages: readonly Content[],
  more: { client?: Partial<RecentChat['client']>; read?: number; activity?: string } = {},
): RecentChat {
  const last = messages.at(-1);
  const answered = messages.findLastIndex(({ senderType }) => senderType === 'OPERATOR');
  return {
    ...BASE,
    client: { ...BASE.client, waitingSince: messages[answered + 1]?.createdAt ?? null, ...more.client },
    lastMessage: last === undefined ? null : viewOf(last, messages.length),
    unreadCount: messages.filter(({ senderType }) => senderType === 'CLIENT').length - (more.read ?? 0),
    lastActivityAt: more.activity ?? last?.createdAt ?? at(0),
  };
}

function viewOf({ key, senderType, body, createdAt }: Content, seq: number): NonNullable<RecentChat['lastMessage']> {
  return {
    id: seq,
    messageKey: key,
    seq,
    clientId: 1,
    senderType,
    messageType: 'TEXT',
    text: body.text,
    imageUrl: null,
    imageName: null,
    mimeType: null,
    imageWidth: null,
    imageHeight: null,
    operatorId: null,
    operatorName: null,
    isRead: false,
    readAt: null,
    createdAt,
  };
}

const fetched = (told: RecentChat, before?: ListRow, now = 0) => fetchedRow(told, before, 1, now);
const run = (row: ListRow, ...events: readonly RowEvent[]) => events.reduce((before, event) => changedRow(before, event, 2), row);
const heard = (said: Content, second = 100): RowEvent => ({ type: 'message', content: said, heardAt: 0, arrivedAt: at(second) });
const saved = (said: Content, seq: number): RowEvent => ({ type: 'saved', content: said, seq, heardAt: 0, arrivedAt: at(100) });
const show = (row: ListRow) => summarize(row, { unread: 0, unsent: 0, typing: false }, undefined);

describe('a row of the list', () => {
  it('counts what was heard until it is fetched, and each once', () => {
    const live = run(fetched(chat([content('a', 1)])), heard(content('b', 2)), heard(content('b', 2)));
    expect(listUnread(live)).toBe(2);
    expect(show(live)).toMatchObject({ preview: { text: 'text b' }, lastActivityAt: at(100) });
    expect(listUnread(fetched(chat([content('a', 1), content('b', 2)]), live))).toBe(2);
  });

  it('keeps what was heard when a fetch is slower than the relay, and gives it up when the database does not get it', () => {
    const live = run(fetched(chat([content('a', 1)])), heard(content('b', 2)));
    const slow = fetched(chat([content('a', 1)]), live, HEARD_MS - 1);
    expect(show(slow).preview?.text).toBe('text b');
    expect(listUnread(slow)).toBe(2);
    const late = fetched(chat([content('a', 1)]), live, HEARD_MS);
    expect(show(late)).toEqual(show(fetched(chat([content('a', 1)]))));
    expect(listUnread(late)).toBe(1);
  });

  it('has what was said before the newest fetched message, too', () => {
    const live = run(fetched(chat([])), heard(content('a', 1)), heard(content('b', 2)), heard(content('c', 3)));
    const row = fetched(chat([content('a', 1), content('b', 2)]), live);
    expect(listUnread(row)).toBe(3);
    expect(show(row).preview?.text).toBe('text c');
  });

  it('does not hear again what was fetched already', () => {
    const row = fetched(chat([content('a', 1), content('b', 2)]));
    expect(listUnread(run(row, heard(content('b', 2))))).toBe(2);
    expect(listUnread(run(row, heard(content('a', 1)), heard(content('b', 2))))).toBe(2);
  });

  it('shows a message by when it came, whatever its sender’s clock says: one from a phone that was away is the newest', () => {
    const before = [content('a', 50), content('answer', 60, 'OPERATOR')];
    const row = fetched(chat([...before, content('from yesterday', -86_400)], { activity: at(70) }), fetched(chat(before)));
    expect(show(row)).toMatchObject({ preview: { text: 'text from yesterday' }, lastActivityAt: at(70), waitingSince: at(-86_400) });
    const live = run(fetched(chat(before)), heard(content('from yesterday', -86_400), 70));
    expect(show(live)).toEqual(show(row));
  });

  it('waits from the first message that nobody has answered; an answer ends that, reading and ending do not', () => {
    const asked = run(fetched(chat([content('a', 1), content('b', 2, 'OPERATOR')])), heard(content('c', 3)), heard(content('d', 4)));
    expect(isWaiting(asked)).toBe(true);
    expect(show(run(asked, { type: 'ended', at: at(5) }))).toMatchObject({ waitingSince: at(3), endedAt: at(5) });
    const kept: RowEvent = { type: 'kept', content: content('e', 6, 'OPERATOR'), arrivedAt: at(6) };
    // What is not saved answers nothing.
    expect(show(run(asked, kept))).toMatchObject({ waitingSince: at(3), preview: { text: 'text e', senderType: 'OPERATOR' } });
    expect(isWaiting(run(asked, kept, saved(content('e', 6, 'OPERATOR'), 5)))).toBe(false);
    expect(isWaiting(run(asked, { type: 'blocked', at: at(7) }))).toBe(false);
    expect(isWaiting(run(asked, heard(content('f', 8, 'OPERATOR'))))).toBe(false);
  });

  it('is done until the visitor writes again, and ended as well', () => {
    const done = run(fetched(chat([content('a', 1)])), { type: 'done', doneAt: at(2), waitingSince: null }, { type: 'ended', at: at(3) });
    expect(show(done)).toMatchObject({ doneAt: at(2), endedAt: at(3), waitingSince: null });
    expect(show(run(done, heard(content('b', 4))))).toMatchObject({ doneAt: null, endedAt: null, waitingSince: at(4) });
    expect(show(run(done, heard(content('b', 4, 'OPERATOR'))))).toMatchObject({ doneAt: at(2), endedAt: at(3) });
  });

  it('takes back what an own message has changed that is refused, and what a visitor’s that nobody will save', () => {
    const row = fetched(chat([content('a', 1)]));
    const own = content('own', 2, 'OPERATOR');
    const kept = run(row, { type: 'kept', content: own, arrivedAt: at(2) });
    expect(show(kept).preview?.text).toBe('text own');
    expect(show(run(kept, { type: 'unkept', message: own }))).toEqual(show(row));
    expect(show(run(row, heard(content('b', 3)), { type: 'dropped', message: content('b', 3) }))).toEqual(show(row));
    // Saved meanwhile: that it has left the outbox takes nothing back.
    const answered = run(kept, saved(own, 2), { type: 'unkept', message: own });
    expect(show(answered).preview?.text).toBe('text own');
    expect(show(run(fetched(chat([content('a', 1), own])), saved(own, 2)))).toEqual(show(fetched(chat([content('a', 1), own]))));
  });

  it('of a server that knows nothing of waiting goes by who spoke last', () => {
    const old = (messages: readonly Content[]) => {
      const { waitingSince: _since, doneAt: _done, ...client } = chat(messages).client;
      return fetched({ ...chat(messages), client });
    };
    expect(show(old([content('a', 1)]))).toMatchObject({ waitingSince: at(1), doneAt: null, pages: [] });
    expect(isWaiting(old([content('a', 1), content('b', 2, 'OPERATOR')]))).toBe(false);
  });

  it('keeps the pages that were told with it once', () => {
    const pages = [{ url: 'https://shop.example/boots', at: at(1) }];
    const row = fetched(chat([]), fetched(chat([], { client: { pages } })));
    expect(show(row).pages).toEqual(pages);
  });

  it('keeps its identity while nothing of it changes', () => {
    const row = fetched(chat([content('a', 1)], { client: { pages: [{ url: 'https://shop.example/', at: at(1) }] } }));
    const summary = show(row);
    const more = { unread: 0, unsent: 0, typing: false };
    expect(summarize(fetched(structuredClone(row.chat), row), more, summary)).toBe(summary);
    expect(summarize(row, { ...more, typing: true }, summary)).not.toBe(summary);
  });

  it('shows the beginning of a message that is longer than any row, whichever way it came', () => {
    const long = { ...content('long', 1), body: { type: 'text', text: 'x'.repeat(10_000) } } as const;
    for (const row of [fetched(chat([long])), run(fetched(chat([])), heard(long))])
      expect(show(row).preview?.text).toBe(`${'x'.repeat(200)}…`);
  });
});

describe('news', () => {
  const known = fetched(chat([content('a', 50)]));

  it('are judged by number, not by the time when they were written', () => {
    expect(isNews(chat([content('a', 50), content('late', -500)]), known, at(0))).toBe(true);
    expect(isNews(chat([content('a', 50)]), known, at(0))).toBe(false);
    expect(isNews(chat([content('a', 50), content('b', 60)], { read: 2 }), known, at(0))).toBe(false);
    expect(isNews(chat([content('a', 50), content('b', 60, 'OPERATOR')]), known, at(0))).toBe(false);
  });

  it('of a conversation that was not known are what came since the list was complete', () => {
    const late = content('late', -500);
    expect(isNews(chat([late], { activity: at(10) }), undefined, at(9))).toBe(true);
    expect(isNews(chat([late], { activity: at(10) }), undefined, at(10))).toBe(false);
  });
});
