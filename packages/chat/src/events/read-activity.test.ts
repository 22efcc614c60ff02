import { randomUUID } from 'node:crypto';

import type { ActivityItem, NoteView } from '@switchboard/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { addNote } from '../notes/add-note.ts';
import { deleteNote } from '../notes/delete-note.ts';
import { editNote } from '../notes/edit-note.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { readActivity } from './read-activity.ts';

const chat = chatFixture();

async function addTo(clientId: number, author: OperatorActor): Promise<NoteView> {
  return (await addNote(chat.ctx, author, { clientId, noteKey: randomUUID(), text: 'a note' })).note;
}

describe('the activity of a conversation', () => {
  it('has notes and events in the order of their commits', async () => {
    const [{ clientId }, olga] = [await chat.visitor(), await chat.operator('Olga')];
    const first = await addTo(clientId, olga);
    await blockVisitor(chat.ctx, olga, { clientId, blocked: true });
    const second = await addTo(clientId, olga);
    const { note: edited } = await editNote(chat.ctx, olga, { noteId: first.id, text: 'changed', mentions: [], expected: { version: 1 } });
    const { note: deleted } = await deleteNote(chat.ctx, olga, { noteId: second.id });
    const at = NOW.toISOString();
    const by = { type: 'event', at, actor: { kind: 'operator', id: olga.userId, name: 'Olga' }, from: null, reason: null };
    expect(await readActivity(chat.ctx, olga, { clientId, afterActivitySeq: 1 })).toEqual({
      items: [
        { type: 'note', activitySeq: 2, at, note: edited },
        { ...by, activitySeq: 3, kind: 'blocked', from: { blockedAt: null }, to: { blockedAt: at } },
        { type: 'note', activitySeq: 4, at, note: deleted },
        { ...by, activitySeq: 5, kind: 'note_edited', to: { noteId: first.id }, note: edited },
        { ...by, activitySeq: 6, kind: 'note_deleted', to: { noteId: second.id }, note: deleted },
      ],
      lastActivitySeq: 6,
      hasMore: false,
    });
  });

  it('is read in pages: after a number, before one, or the newest', async () => {
    const [{ clientId }, olga] = [await chat.visitor(), await chat.operator()];
    for (let n = 0; n < 5; n += 1) {
      await addTo(clientId, olga);
      await blockVisitor(chat.ctx, olga, { clientId, blocked: n % 2 === 0 });
    }
    const page = async (query: object) => {
      const { items, lastActivitySeq, hasMore } = await readActivity(chat.ctx, olga, { clientId, ...query });
      expect(lastActivitySeq).toBe(11);
      return [items.map(({ activitySeq }) => activitySeq), hasMore];
    };
    expect(await page({})).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], false]);
    expect(await page({ limit: 3 })).toEqual([[9, 10, 11], true]);
    expect(await page({ beforeActivitySeq: 9, limit: 3 })).toEqual([[6, 7, 8], true]);
    expect(await page({ beforeActivitySeq: 3, limit: 3 })).toEqual([[1, 2], false]);
    expect(await page({ afterActivitySeq: 7, limit: 3 })).toEqual([[8, 9, 10], true]);
    expect(await page({ afterActivitySeq: 8, limit: 3 })).toEqual([[9, 10, 11], false]);
    expect(await page({ afterActivitySeq: 11 })).toEqual([[], false]);
    expect(await codeOf(page({ afterActivitySeq: 1, beforeActivitySeq: 5 }))).toBe('invalid_request');
  });

  it('of a conversation that does not exist is not found', async () => {
    expect(await codeOf(readActivity(chat.ctx, await chat.operator(), { clientId: 99_999_999 }))).toBe('not_found');
  });
});

/** A page of the console: what it has read of a conversation. */
class Reader {
  readonly #items = new Map<number, ActivityItem>();
  readonly #notes = new Map<number, NoteView>();
  #upTo = 0;

  constructor(
    readonly operator: OperatorActor,
    readonly clientId: number,
  ) {}

  /** Reads everything after what it has. */
  async catchUp(limit: number): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const page = await readActivity(chat.ctx, this.operator, { clientId: this.clientId, afterActivitySeq: this.#upTo, limit });
      for (const item of page.items) {
        this.#items.set(item.activitySeq, item);
        if (item.note !== undefined) this.#notes.set(item.note.id, item.note);
        this.#upTo = item.activitySeq;
      }
      hasMore = page.hasMore;
    }
  }

  /** What it shows: every note as it knows it, wherever it stands. */
  shown(): unknown[] {
    return [...this.#items.values()].map(({ note, ...item }) => [item, note === undefined ? undefined : this.#notes.get(note.id)]);
  }
}

const step = fc.record({
  action: fc.constantFrom('add', 'edit', 'delete', 'event', 'read', 'read'),
  n: fc.nat(20),
  limit: fc.integer({ min: 1, max: 4 }),
});

it('a reader who catches up at any time shows what one shows who reads everything at once', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12 }), async (rounds) => {
      const [{ clientId }, olga] = [await chat.visitor(), await chat.operator()];
      const readers = [new Reader(olga, clientId), new Reader(olga, clientId)];
      const notes: number[] = [];
      const noteOf = (n: number) => notes[n % notes.length];
      const run = async ({ action, n, limit }: { action: string; n: number; limit: number }) => {
        const noteId = noteOf(n);
        if (action === 'add') notes.push((await addTo(clientId, olga)).id);
        else if (action === 'event') await blockVisitor(chat.ctx, olga, { clientId, blocked: n % 2 === 0 });
        else if (action === 'read') await readers[n % 2]?.catchUp(limit);
        else if (noteId !== undefined) {
          const { version } = await chat.db.prisma.note.findUniqueOrThrow({ where: { id: noteId } });
          const change =
            action === 'delete'
              ? deleteNote(chat.ctx, olga, { noteId })
              : editNote(chat.ctx, olga, { noteId, text: `text ${n}`, mentions: [], expected: { version } });
          seen.add(`${action}: ${String(await codeOf(change))}`);
        }
      };
      // The steps of a round are at the same time; one reader is in only one of them.
      for (const round of rounds) {
        const reading = new Set<number>();
        const isFirst = ({ action, n }: { action: string; n: number }) => action !== 'read' || (!reading.has(n % 2) && reading.add(n % 2));
        await Promise.all(round.filter(isFirst).map(run));
      }
      for (const reader of readers) {
        await reader.catchUp(2);
        const fresh = new Reader(olga, clientId);
        await fresh.catchUp(200);
        expect(reader.shown()).toEqual(fresh.shown());
      }
    }),
    { numRuns: 30 },
  );
  expect(seen).toContain('edit: resolved');
  expect(seen).toContain('delete: resolved');
  // A conflict is a change that somebody else made at the same time.
  expect([...seen].filter((outcome) => !/: (?:resolved|conflict)$/.test(outcome))).toEqual([]);
});
