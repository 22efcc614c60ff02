import { describe, expect, it } from 'vitest';

import type { RecentChat } from '@switchboard/protocol/types';

import type { Content } from '../../timeline/state.ts';
import { changedRow, fetchedRow, PENDING_MS, isWaiting, listUnread, summarize } from './list-row.ts';
import type { ListRow, RowEvent } from './list-row.ts';
import { isMissed } from './missed-messages.ts';

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

/** The chat as the server answers it, with these messages. */
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

const fetched = (answered: RecentChat, before?: ListRow, now = 0) => fetchedRow(answered, before, 1, now);
const run = (row: ListRow, ...events: readonly RowEvent[]) => events.reduce((before, event) => changedRow(before, event, 2), row);
const received = (content: Content, second = 100): RowEvent => ({ type: 'message', content, receivedAt: 0, arrivedAt: at(second) });
const saved = (content: Content, seq: number): RowEvent => ({ type: 'saved', content, seq, receivedAt: 0, arrivedAt: at(100) });
const show = (row: ListRow) => summarize(row, { unread: 0, unsent: 0, typing: false }, undefined);

describe('a row of the list', () => {
  it('counts a received message once, until the fetched row includes it', () => {
    const live = run(fetched(chat([content('a', 1)])), received(content('b', 2)), received(content('b', 2)));
    expect(listUnread(live)).toBe(2);
    expect(show(live)).toMatchObject({ preview: { text: 'text b' }, lastActivityAt: at(100) });
    expect(listUnread(fetched(chat([content('a', 1), content('b', 2)]), live))).toBe(2);
  });

  it('keeps a received message when the fetched row is older, and drops it when the database does not get it', () => {
    const live = run(fetched(chat([content('a', 1)])), received(content('b', 2)));
    const slow = fetched(chat([content('a', 1)]), live, PENDING_MS - 1);
    expect(show(slow).preview?.text).toBe('text b');
    expect(listUnread(slow)).toBe(2);
    const late = fetched(chat([content('a', 1)]), live, PENDING_MS);
    expect(show(late)).toEqual(show(fetched(chat([content('a', 1)]))));
    expect(listUnread(late)).toBe(1);
  });

  it('includes all messages before the newest fetched one', () => {
    const live = run(fetched(chat([])), received(content('a', 1)), received(content('b', 2)), received(content('c', 3)));
    const row = fetched(chat([content('a', 1), content('b', 2)]), live);
    expect(listUnread(row)).toBe(3);
    expect(show(row).preview?.text).toBe('text c');
  });

  it('ignores a received message that the fetched row includes', () => {
    const row = fetched(chat([content('a', 1), content('b', 2)]));
    expect(listUnread(run(row, received(content('b', 2))))).toBe(2);
    expect(listUnread(run(row, received(content('a', 1)), received(content('b', 2))))).toBe(2);
  });

  it('orders messages by arrival, whatever the sender’s clock says: a delayed message from a phone is the newest', () => {
    const before = [content('a', 50), content('answer', 60, 'OPERATOR')];
    const row = fetched(chat([...before, content('from yesterday', -86_400)], { activity: at(70) }), fetched(chat(before)));
    expect(show(row)).toMatchObject({ preview: { text: 'text from yesterday' }, lastActivityAt: at(70), waitingSince: at(-86_400) });
    const live = run(fetched(chat(before)), received(content('from yesterday', -86_400), 70));
    expect(show(live)).toEqual(show(row));
  });

  it('waits since the first message without an answer; an answer ends the waiting, reading and ending do not', () => {
    const asked = run(fetched(chat([content('a', 1), content('b', 2, 'OPERATOR')])), received(content('c', 3)), received(content('d', 4)));
    expect(isWaiting(asked)).toBe(true);
    expect(show(run(asked, { type: 'ended', at: at(5) }))).toMatchObject({ waitingSince: at(3), endedAt: at(5) });
    const kept: RowEvent = { type: 'queued', content: content('e', 6, 'OPERATOR'), arrivedAt: at(6) };
    // What is not saved answers nothing.
    expect(show(run(asked, kept))).toMatchObject({ waitingSince: at(3), preview: { text: 'text e', senderType: 'OPERATOR' } });
    expect(isWaiting(run(asked, kept, saved(content('e', 6, 'OPERATOR'), 5)))).toBe(false);
    expect(isWaiting(run(asked, { type: 'changed', client: { blockedAt: at(7) } }))).toBe(false);
    expect(isWaiting(run(asked, received(content('f', 8, 'OPERATOR'))))).toBe(false);
  });

  it('stays done and ended until the visitor writes again', () => {
    const done = run(
      fetched(chat([content('a', 1)])),
      { type: 'changed', client: { doneAt: at(2), waitingSince: null } },
      { type: 'ended', at: at(3) },
    );
    expect(show(done)).toMatchObject({ doneAt: at(2), endedAt: at(3), waitingSince: null });
    expect(show(run(done, received(content('b', 4))))).toMatchObject({ doneAt: null, endedAt: null, waitingSince: at(4) });
    expect(show(run(done, received(content('b', 4, 'OPERATOR'))))).toMatchObject({ doneAt: at(2), endedAt: at(3) });
  });

  it('takes back the changes of an own message that is refused, and of a visitor’s message that nobody will save', () => {
    const row = fetched(chat([content('a', 1)]));
    const own = content('own', 2, 'OPERATOR');
    const kept = run(row, { type: 'queued', content: own, arrivedAt: at(2) });
    expect(show(kept).preview?.text).toBe('text own');
    expect(show(run(kept, { type: 'unqueued', message: own }))).toEqual(show(row));
    expect(show(run(row, received(content('b', 3)), { type: 'dropped', message: content('b', 3) }))).toEqual(show(row));
    // Saved meanwhile: that it has left the outbox takes nothing back.
    const answered = run(kept, saved(own, 2), { type: 'unqueued', message: own });
    expect(show(answered).preview?.text).toBe('text own');
    expect(show(run(fetched(chat([content('a', 1), own])), saved(own, 2)))).toEqual(show(fetched(chat([content('a', 1), own]))));
  });

  it('waits if the last message is the visitor’s, where an older server does not say who waits', () => {
    const old = (messages: readonly Content[]) => {
      const { waitingSince: _since, doneAt: _done, ...client } = chat(messages).client;
      return fetched({ ...chat(messages), client });
    };
    expect(show(old([content('a', 1)]))).toMatchObject({ waitingSince: at(1), doneAt: null, pages: [] });
    expect(isWaiting(old([content('a', 1), content('b', 2, 'OPERATOR')]))).toBe(false);
  });

  it('keeps the visitor’s pages when a later answer leaves them out', () => {
    const pages = [{ url: 'https://shop.example/boots', at: at(1) }];
    const row = fetched(chat([]), fetched(chat([], { client: { pages } })));
    expect(show(row).pages).toEqual(pages);
  });

  it('has a version only as it was fetched: the server knows nothing of what an event has changed here', () => {
    const row = fetched({ ...chat([content('a', 1)]), version: 7 });
    expect(run(row, received(content('b', 2))).chat.version).toBe(7);
    const events: RowEvent[] = [
      { type: 'ended', at: at(3) },
      { type: 'changed', client: { blockedAt: at(3) } },
      { type: 'changed', client: { doneAt: at(3), waitingSince: null } },
    ];
    for (const event of events) {
      const changed = run(row, event);
      expect(changed.chat.version).toBeUndefined();
      expect(fetched({ ...chat([content('a', 1)]), version: 8 }, changed).chat.version).toBe(8);
    }
  });

  it('keeps its identity while nothing changes', () => {
    const row = fetched(chat([content('a', 1)], { client: { pages: [{ url: 'https://shop.example/', at: at(1) }] } }));
    const summary = show(row);
    const more = { unread: 0, unsent: 0, typing: false };
    expect(summarize(fetched(structuredClone(row.chat), row), more, summary)).toBe(summary);
    expect(summarize(row, { ...more, typing: true }, summary)).not.toBe(summary);
  });

  it('shows the beginning of a long message, fetched or received', () => {
    const long = { ...content('long', 1), body: { type: 'text', text: 'x'.repeat(10_000) } } as const;
    for (const row of [fetched(chat([long])), run(fetched(chat([])), received(long))])
      expect(show(row).preview?.text).toBe(`${'x'.repeat(200)}…`);
  });
});

describe('missed messages', () => {
  const known = fetched(chat([content('a', 50)]));

  it('are recognized by number, not by the time when they were written', () => {
    expect(isMissed(chat([content('a', 50), content('late', -500)]), known, at(0))).toBe(true);
    expect(isMissed(chat([content('a', 50)]), known, at(0))).toBe(false);
    expect(isMissed(chat([content('a', 50), content('b', 60)], { read: 2 }), known, at(0))).toBe(false);
    expect(isMissed(chat([content('a', 50), content('b', 60, 'OPERATOR')]), known, at(0))).toBe(false);
  });

  it('of an unknown conversation are those that arrived since the list was complete', () => {
    const late = content('late', -500);
    expect(isMissed(chat([late], { activity: at(10) }), undefined, at(9))).toBe(true);
    expect(isMissed(chat([late], { activity: at(10) }), undefined, at(10))).toBe(false);
  });
});
