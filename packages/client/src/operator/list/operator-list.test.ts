import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FakeClient } from '../../testing/fake-list.ts';
import { ALAN } from '../../testing/open-chats.ts';
import { advanceTime, settle } from '../../testing/fake-time-console.ts';
import {
  answer,
  asked,
  closeFakeTimeServer,
  ids,
  numbers,
  open,
  openFakeTimeServer,
  server,
  visitors,
} from '../../testing/fake-time-server.ts';

beforeEach(openFakeTimeServer);
afterEach(closeFakeTimeServer);

describe('the views', () => {
  it('reach every conversation, page by page, while others are answered', async () => {
    const all = visitors(320);
    const grace = await open();
    grace.chat.setView('waiting');
    await settle();
    expect(grace.chat.getSnapshot()).toMatchObject({ view: 'waiting', hasMore: true, waiting: 320, list: 'ready' });
    const seen = new Set(ids(grace));
    expect(ids(grace)).toEqual(numbers(1, 50));
    while (grace.chat.getSnapshot().hasMore) {
      const gone = all[seen.size - 10]!;
      answer(gone);
      const more = grace.chat.loadMore();
      expect(grace.chat.getSnapshot().loadingMore).toBe(true);
      await settle();
      await more;
      for (const id of ids(grace)) seen.add(id);
      await advanceTime(1_000);
      expect(ids(grace)).not.toContain(gone.id);
    }
    expect([...seen]).toEqual(numbers(1, 320));
    const left = all.filter(({ waitingSince }) => waitingSince !== null);
    expect(ids(grace)).toEqual(left.map(({ id }) => id));
    expect(grace.chat.getSnapshot()).toMatchObject({ waiting: ids(grace).length, loadingMore: false });
  });

  it('and the number of those who wait are without a conversation that the operator no longer sees', async () => {
    const [first] = visitors(3) as [FakeClient, FakeClient, FakeClient];
    const grace = await open();
    expect([ids(grace), grace.chat.getSnapshot().waiting]).toEqual([[1, 2, 3], 3]);
    // It was given to another team: the server lists it no longer, and says that something has changed.
    server.clients.delete(first.id);
    grace.socket.receive('conversationChanged', { clientId: first.address, lastSeq: 1, visitorChanged: true, what: ['state'] });
    await advanceTime(1_000);
    expect([ids(grace), grace.chat.getSnapshot().waiting]).toEqual([[2, 3], 2]);
  });

  it('are refilled when they run out of rows', async () => {
    const all = visitors(80);
    const grace = await open();
    grace.chat.setView('waiting');
    await settle();
    for (const client of all.slice(0, 40)) answer(client);
    await advanceTime(1_000);
    expect(ids(grace)).toEqual(numbers(41, 80));
  });

  it('have waiting visitors first, longest wait first, then the newest activity; a conversation stays done until the visitor writes', async () => {
    const [ada, bea, cem, dee] = visitors(4) as [FakeClient, FakeClient, FakeClient, FakeClient];
    answer(bea);
    answer(ada);
    const grace = await open();
    expect(ids(grace)).toEqual([cem.id, dee.id, ada.id, bea.id]);
    await Promise.all([grace.chat.setDone(cem.id, true), grace.chat.setDone(bea.id, true), settle()]);
    expect(ids(grace)).toEqual([dee.id, ada.id]);
    expect(grace.chat.getSnapshot().waiting).toBe(1);
    for (const view of ['waiting', 'done'] as const) {
      grace.chat.setView(view);
      await settle();
      expect(ids(grace)).toEqual(view === 'done' ? [bea.id, cem.id] : [dee.id]);
    }
    server.commit(bea.id, { text: 'One more thing' });
    await grace.chat.setDone(cem.id, false);
    await advanceTime(1_000);
    expect(ids(grace)).toEqual([]);
    expect(grace.chat.summaryOf(cem.id)).toMatchObject({ doneAt: null, waitingSince: cem.rows[0]?.createdAt });
    expect(grace.chat.getSnapshot().waiting).toBe(3);
  });

  it('do not show visitors who have written nothing', async () => {
    const silent = server.addClient('Silent');
    const grace = await open();
    grace.socket.receive('newChat', { clientId: silent.address, username: 'Silent' });
    await advanceTime(1_000);
    expect(ids(grace)).toEqual([]);
    server.commit(silent.id, { text: 'Hello' });
    await advanceTime(1_000);
    expect(ids(grace)).toEqual([silent.id]);
  });

  it('keep an open conversation until it is closed', async () => {
    const [ada, bea] = visitors(2) as [FakeClient, FakeClient];
    const grace = await open();
    grace.chat.setView('waiting');
    await settle();
    const leave = grace.chat.conversation(ada.id).subscribe(() => undefined);
    answer(ada);
    await advanceTime(1_000);
    expect(ids(grace)).toEqual([ada.id, bea.id]);
    expect(grace.chat.summaryOf(ada.id)?.waitingSince).toBeNull();
    await advanceTime(30_000);
    expect(ids(grace)).toEqual([ada.id, bea.id]);
    leave();
    expect(ids(grace)).toEqual([bea.id]);
  });

  it('are computed from the one list of an older server', async () => {
    server.isOld = true;
    const all = visitors(120);
    answer(all[0]!);
    const grace = await open();
    expect(ids(grace)).toEqual([...numbers(2, 120), 1]);
    expect(grace.chat.getSnapshot()).toMatchObject({ hasMore: false, waiting: 119 });
    answer(all[1]!);
    await advanceTime(1_000);
    expect(ids(grace)).toEqual([...numbers(3, 120), 2, 1]);
    expect(grace.chat.getSnapshot().waiting).toBe(118);
    await expect(Promise.all([grace.chat.setDone(5, true), settle()])).rejects.toMatchObject({ code: 'not_found' });
    expect(ids(grace)).toContain(5);
  });
});

describe('what colleagues do', () => {
  it('shows within a second, also in rows that no page has any more', async () => {
    const all = visitors(60);
    const grace = await open();
    await grace.chat.loadMore();
    const last = all.at(-1)!;
    expect(grace.chat.summaryOf(last.id)).toMatchObject({ unread: 1, blockedAt: null });
    const reads = server.fetchAs(ALAN)('/api/chat/receipts', {
      method: 'POST',
      body: JSON.stringify({ clientId: last.id, readSeq: 1 }),
    });
    await Promise.all([reads, settle()]);
    await advanceTime(1_000);
    expect(grace.chat.summaryOf(last.id)?.unread).toBe(0);
    const alan = await open(ALAN);
    await Promise.all([alan.chat.perform('POST /api/chat/block', { body: { clientId: last.id, blocked: true } }), settle()]);
    await advanceTime(1_000);
    expect(grace.chat.summaryOf(last.id)?.blockedAt).not.toBeNull();
    expect(grace.chat.getSnapshot().waiting).toBe(59);
    await Promise.all([alan.chat.setDone(all[0]!.id, true), settle()]);
    await advanceTime(1_000);
    expect(ids(grace)).not.toContain(all[0]!.id);
  });

  it('leads to requests for the changed rows and no others', async () => {
    const all = visitors(60);
    await open();
    await advanceTime(1_000);
    const before = asked().length;
    answer(all[3]!);
    answer(all[7]!);
    await advanceTime(1_000);
    // The two rows in one request, and how many wait now.
    expect(asked().slice(before)).toEqual(['ids=4%2C8', 'view=waiting&limit=1']);
  });

  it('does not mark a conversation as done when a message is unseen', async () => {
    const [ada] = visitors(1) as [FakeClient];
    const grace = await open();
    const tell = server.onCommit;
    server.onCommit = () => undefined;
    server.commit(ada.id, { text: 'Wait' });
    server.onCommit = tell;
    await expect(Promise.all([grace.chat.setDone(ada.id, true), settle()])).rejects.toMatchObject({ code: 'conflict' });
    await advanceTime(1_000);
    expect(grace.chat.summaryOf(ada.id)).toMatchObject({ doneAt: null, preview: { text: 'Wait' } });
  });
});

describe('a message without a hint', () => {
  /** While nobody hears anything. */
  function unheard(work: () => void): void {
    const tell = server.onCommit;
    server.onCommit = () => undefined;
    work();
    server.onCommit = tell;
  }

  it('notifies and moves its conversation up when it is found, however long ago it was written', async () => {
    const all = visitors(120);
    for (const client of all) answer(client);
    const grace = await open();
    await advanceTime(1_000);
    const late = all[2]!;
    expect(ids(grace)).not.toContain(late.id);
    const sentAt = new Date(Date.now() - 5 * 3_600_000).toISOString();
    unheard(() => server.commit(late.id, { text: 'from the train', sentAt }));
    grace.tab.wake();
    await advanceTime(1_000);
    expect(grace.arrivals.map(({ clientId, message }) => [clientId, message.body.text])).toEqual([[late.id, 'from the train']]);
    expect(ids(grace)[0]).toBe(late.id);
    expect(grace.chat.summaryOf(late.id)).toMatchObject({ unread: 2, waitingSince: sentAt, preview: { text: 'from the train' } });
  });

  it('notifies once for each, and for none that was known', async () => {
    visitors(90);
    const grace = await open();
    await advanceTime(1_000);
    const tell = server.onCommit;
    server.onCommit = () => undefined;
    const missed = visitors(70);
    server.onCommit = tell;
    grace.tab.wake();
    await advanceTime(1_000);
    expect(new Set(grace.arrivals.map(({ clientId }) => clientId))).toEqual(new Set(missed.map(({ id }) => id)));
    expect(grace.arrivals).toHaveLength(70);
  });

  it('is found by the regular check', async () => {
    const [ada] = visitors(1) as [FakeClient];
    const grace = await open();
    unheard(() => server.commit(ada.id, { text: 'Still there?' }));
    await advanceTime(25_000);
    expect(grace.chat.summaryOf(ada.id)).toMatchObject({ unread: 2, preview: { text: 'Still there?' } });
  });
});
