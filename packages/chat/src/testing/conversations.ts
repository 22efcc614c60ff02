import { randomUUID } from 'node:crypto';

import type { OperatorActor } from '../actor.ts';
import { NOW, type ChatFixture } from './chat-fixture.ts';

/** The state of a conversation with two messages of its visitor, and one chat. */
export interface Conversation {
  readonly lastActivityAt: Date;
  readonly doneAt: Date | null;
  readonly waitingSince: Date | null;
  readonly blocked: boolean;
  readonly snoozedAt: Date | null;
  readonly snoozedUntil: Date | null;
  readonly assigneeId: number | null;
  readonly teamId: number | null;
  readonly inboxId: number | null;
  readonly tagId: number | null;
  /** Whether a note mentions the operator, and they have seen it. */
  readonly mentions: boolean;
  readonly hasSeenMention: boolean;
  /** The operator's own read mark, and everybody's. */
  readonly read: number;
  readonly readBefore: number;
}

/** Writes a conversation into the tables, and returns its id. */
export async function addConversation({ db: { prisma } }: ChatFixture, { userId }: OperatorActor, given: Conversation): Promise<number> {
  const { blocked, tagId, mentions, hasSeenMention, read, readBefore, ...state } = given;
  const { id } = await prisma.client.create({
    data: {
      ...state,
      username: 'Vera',
      blockedAt: blocked ? NOW : null,
      lastSeq: 2,
      waitingSeq: 2,
      readBeforeSeq: readBefore,
      chatNumber: 1,
      chatOpenedAt: state.doneAt === null ? NOW : null,
      activitySeq: mentions ? 1 : 0,
      messages: { create: [messageOf(1), messageOf(2)] },
      ...(read === 0 ? {} : { reads: { create: { userId, readSeq: read, readAt: NOW } } }),
      chats: {
        create: {
          number: 1,
          firstSeq: 1,
          openedAt: NOW,
          closedAt: state.doneAt,
          ...(tagId === null ? {} : { tags: { create: { tagId } } }),
        },
      },
    },
  });
  if (!mentions) return id;
  const note = { noteKey: randomUUID(), clientId: id, activitySeq: 1, chatNumber: 1, authorName: 'Otto', text: '@Olga', createdAt: NOW };
  await prisma.note.create({
    data: { ...note, mentioned: { create: { userId, clientId: id, seenAt: hasSeenMention ? NOW : null } } },
  });
  return id;
}

function messageOf(seq: number) {
  return { seq, messageKey: randomUUID(), senderType: 'CLIENT', messageType: 'TEXT', text: 'x' } as const;
}
