'use server';

import { listRecentChats, markRead, readHistory, readPage } from '@switchboard/chat';
import { newMessage, parse, type MessageView, type RecentChat } from '@switchboard/protocol';

import {
  historyInput,
  markReadInput,
  saveMessageInput,
  type HistoryInput,
  type MarkReadInput,
  type SaveMessageInput,
} from '../server/requests/action-inputs.ts';
import { operatorActor } from '../server/requests/authenticate.ts';
import { services, type Services } from '../server/services/services.ts';
import { actingOperator } from '../server/requests/session.ts';
import { withErrorCode } from '../server/requests/with-error-code.ts';

/*
 * The four actions of the original guide. Each acts for the signed-in operator, whatever `operatorId` it gets. They reject with an error whose `digest` is
 * `switchboard:<code>` with a code of the error table: in production Next.js passes the digest to the browser, but not the message.
 */

/** Saves one message and resolves with the saved row. A repeat with the same `messageKey` resolves with the first row; without a key every call saves. */
export async function saveChatMessageAction(input: SaveMessageInput): Promise<MessageView> {
  return await withErrorCode(async () => {
    const { saver, chat, afterCommit } = services();
    const actor = operatorActor(await actingOperator('saves'));
    const { operatorId: _ignored, messageKey = chat.ids(), ...given } = parse(saveMessageInput, input);
    const message = parse(newMessage, { ...given, messageKey });
    const { messages } = afterCommit(await saver.save(actor, [message]));
    const seq = messages[0]?.seq ?? 0;
    return await readBack(chat, actor, given.clientId, seq);
  });
}

/** The newest messages of one client (`limit`, 100 by default), oldest first, with operators' names; with `sessionId` of that session only. */
export async function getChatHistoryAction(input: HistoryInput): Promise<MessageView[]> {
  return await withErrorCode(async () => {
    const actor = operatorActor(await actingOperator());
    return await readHistory(services().chat, actor, parse(historyInput, input));
  });
}

/** All recent conversations with their last message and unread count, newest activity first. */
export async function getRecentChatsAction(): Promise<RecentChat[]> {
  return await withErrorCode(async () => {
    const actor = operatorActor(await actingOperator());
    return await listRecentChats(services().chat, actor);
  });
}

/** Marks the client's messages as read and resolves with the number of messages that became read. */
export async function markMessagesAsReadAction(input: MarkReadInput): Promise<number> {
  return await withErrorCode(async () => {
    const { chat, afterCommit } = services();
    const actor = operatorActor(await actingOperator());
    const { clientId, upToSeq } = parse(markReadInput, input);
    return afterCommit(await markRead(chat, actor, { clientId, upToSeq })).count;
  });
}

async function readBack(
  chat: Services['chat'],
  actor: Parameters<typeof readPage>[1],
  clientId: number,
  seq: number,
): Promise<MessageView> {
  const { messages } = await readPage(chat, actor, { clientId, afterSeq: seq - 1, limit: 1 });
  const [saved] = messages;
  if (saved === undefined) throw new Error('The message was saved but cannot be read back.');
  return saved;
}
