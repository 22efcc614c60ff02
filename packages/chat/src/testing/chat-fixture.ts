import { randomUUID } from 'node:crypto';

import type { Database } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { UPLOADS_PATH, type ActivityItem, type ChangeKind, type NewMessage, type OperatorRole } from '@switchboard/protocol';
import { afterAll, beforeAll } from 'vitest';

import type { VisitorActor, OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import type { Effect } from '../effects.ts';
import { readActivity, type ActivityQuery } from '../events/read-activity.ts';
import { PARTITIONS } from '../messages/saving/save-queue.ts';
import { roleColumns } from '../operators/role-columns.ts';
import { startSession } from '../visitors/start-session.ts';
import { recordUpload } from '../uploads/uploads.ts';

type EventItem = Extract<ActivityItem, { readonly type: 'event' }>;

/** The time in every test, unless it moves the clock. */
export const NOW = new Date('2026-11-20T12:00:00.000Z');

/** A context on the test file's own database with a stopped clock, and helpers that create people. */
export class ChatFixture {
  now = NOW;
  url = '';
  readonly errors: object[] = [];
  #database: Database | undefined;

  get db(): Database {
    if (this.#database === undefined) throw new Error('The database is opened before the first test.');
    return this.#database;
  }

  get ctx(): Context {
    return {
      db: this.db,
      clock: () => this.now,
      ids: randomUUID,
      log: { debug() {}, info() {}, warn() {}, error: (fields) => void this.errors.push(fields) },
      signUpload: (path) => `${path}?signed`,
    };
  }

  async open(): Promise<void> {
    const { database, url } = await createTestDatabase();
    this.#database = database;
    this.url = url;
  }

  async close(): Promise<void> {
    await this.#database?.close();
  }

  async visitor(username = 'Vera'): Promise<VisitorActor> {
    const { clientId, sessionId } = await startSession(this.ctx, { kind: 'anonymous' }, { username });
    return { kind: 'visitor', clientId, sessionId };
  }

  /** Two visitors of one partition, whose concurrent requests share a transaction, and a third of another partition. */
  async companions(): Promise<[VisitorActor, VisitorActor, VisitorActor]> {
    const visitors = await Promise.all(Array.from({ length: PARTITIONS + 1 }, async () => await this.visitor()));
    const [first, ...others] = visitors as [VisitorActor, ...VisitorActor[]];
    const isCompanion = ({ clientId }: VisitorActor) => clientId % PARTITIONS === first.clientId % PARTITIONS;
    const [second, third] = [others.find(isCompanion), others.find((visitor) => !isCompanion(visitor))];
    // Other tests make visitors at the same time, so the ids have holes.
    return second === undefined || third === undefined ? await this.companions() : [first, second, third];
  }

  async operator(name = 'Olga', role: OperatorRole = 'OPERATOR'): Promise<OperatorActor> {
    const { id } = await this.db.prisma.user.create({ data: { name, email: `${randomUUID()}@example.org`, ...roleColumns(role) } });
    return { kind: 'operator', userId: id, name, role };
  }

  /** Canonical path of a new upload. */
  async upload(visitor: VisitorActor): Promise<string> {
    const picture = { storageKey: 'k', name: 'cat.png', mimeType: 'image/png', width: 640, height: 480, size: 1234 };
    return `${UPLOADS_PATH}${(await recordUpload(this.ctx, visitor, picture)).row.id}`;
  }

  async client(id: number) {
    return await this.db.prisma.client.findUniqueOrThrow({ where: { id } });
  }

  async messages(clientId: number) {
    return await this.db.prisma.chatMessage.findMany({ where: { clientId }, orderBy: { seq: 'asc' } });
  }

  /** The events of a conversation as an operator reads them, the oldest first. */
  async events(operator: OperatorActor, { afterActivitySeq = 0, ...query }: ActivityQuery): Promise<Omit<EventItem, 'type'>[]> {
    const { items } = await readActivity(this.ctx, operator, { afterActivitySeq, ...query });
    return items.filter((item): item is EventItem => item.type === 'event').map(({ type: _type, ...event }) => event);
  }

  /** How many messages of the visitor are unread, counted in the table. */
  async countUnread(clientId: number): Promise<number> {
    return await this.db.prisma.chatMessage.count({ where: { clientId, senderType: 'CLIENT', isRead: false } });
  }
}

/** Call at the top of a test file: a fixture whose database is opened before its tests and closed after them. */
export function chatFixture(): ChatFixture {
  const fixture = new ChatFixture();
  beforeAll(async () => await fixture.open());
  afterAll(async () => await fixture.close());
  return fixture;
}

/** The effect that `what` of this visitor's conversation has changed. */
export function changed({ clientId, sessionId }: VisitorActor, lastSeq: number, ...what: ChangeKind[]): Effect {
  return { kind: 'conversation changed', clientId, address: sessionId, lastSeq, what, audience: { teamId: null, assigneeId: null } };
}

export function text(value: string, more: Partial<NewMessage> = {}): NewMessage {
  return { messageKey: randomUUID(), messageType: 'TEXT', text: value, ...more };
}

export function image(imageUrl: string, more: Partial<NewMessage> = {}): NewMessage {
  return { messageKey: randomUUID(), messageType: 'IMAGE', imageUrl, ...more };
}

/** The error code that a promise rejects with; fails the test when it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}
