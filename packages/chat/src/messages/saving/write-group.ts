import { isUniqueViolation, type Transaction } from '@switchboard/database';
import { ChatError, errorFor, type Audience, type SavedMessage } from '@switchboard/protocol';

import type { Context } from '../../context.ts';
import { conversationChanged, type Effect, type WithEffects } from '../../effects.ts';
import { commitPlanned } from './commit-planned.ts';
import type { Draft } from './draft.ts';
import { identityOf } from './message-identity.ts';
import { planGroup, type KnownClient, type KnownMessage, type PlannedAnswer, type PlannedMessage } from './plan-group.ts';
import { readPlanInput } from './read-plan-input.ts';

/**
 * The rows of one request in the order asked. The effects name every conversation of the request, even if all its messages are duplicates: the process that
 * committed them may have ended before it carried out its effects.
 */
export type SaveResult = WithEffects<{ messages: SavedMessage[] }>;

/** How often a group is attempted when it conflicts with other writers. */
const ATTEMPTS = 4;

/**
 * Saves the drafts of several requests in one transaction. When it returns, everything it answers is committed. Each request is saved or refused as a
 * whole, and a refused one does not affect the others.
 *
 * @throws whatever the database throws; then nothing of the group was saved by this call, unless the connection broke during the commit
 */
export async function writeGroup(ctx: Context, requests: readonly (readonly Draft[])[]): Promise<(SaveResult | ChatError)[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ctx.db.transact(async (tx) => await writeOnce(tx, requests, ctx.clock()));
    } catch (error) {
      // Another transaction committed a key of the group after it was looked up.
      if (!isUniqueViolation(error)) throw error;
      if (attempt >= ATTEMPTS) throw errorFor('saved_meanwhile', undefined, { retryAfterSeconds: 1 });
      ctx.log.debug({ attempt }, 'another writer saved the same message key first; retrying');
    }
  }
}

async function writeOnce(tx: Transaction, requests: readonly (readonly Draft[])[], now: Date): Promise<(SaveResult | ChatError)[]> {
  const input = await readPlanInput(tx, requests.flat());
  const { inserts, answers } = planGroup(requests, input);
  const committed = inserts.length === 0 ? undefined : await commitPlanned(tx, inserts, input.clients, now);
  const idOf = (message: KnownMessage | PlannedMessage): number => {
    const id = 'id' in message ? message.id : committed?.ids.get(identityOf(message));
    if (id === undefined) throw new Error(`No id came back for the message ${identityOf(message)}.`);
    return id;
  };
  return answers.map((answer) => {
    if (answer instanceof ChatError) return answer;
    return {
      messages: answer.map(({ message, duplicate }) => ({
        messageKey: message.messageKey,
        id: idOf(message),
        seq: message.seq,
        createdAt: message.createdAt.toISOString(),
        duplicate,
      })),
      effects: effectsOf(answer, input.clients, committed?.audiences),
    };
  });
}

function effectsOf(
  answer: readonly PlannedAnswer[],
  clients: ReadonlyMap<number, KnownClient>,
  audiences: ReadonlyMap<number, Audience> = new Map(),
): Effect[] {
  const lastSeqs = new Map<number, number>();
  for (const {
    message: { clientId, seq },
  } of answer) {
    lastSeqs.set(clientId, Math.max(seq, lastSeqs.get(clientId) ?? clients.get(clientId)?.lastSeq ?? 0));
  }
  return [...lastSeqs].map(([id, lastSeq]) => changeOf({ id, lastSeq }, clients.get(id), audiences.get(id)));
}

/** @param now who may see it; undefined when nothing new was saved */
function changeOf(
  saved: { readonly id: number; readonly lastSeq: number },
  client: KnownClient | undefined,
  now: Audience | undefined,
): Effect {
  const session = client?.sessions[0];
  const former = { teamId: client?.teamId ?? null, assigneeId: client?.assigneeId ?? null };
  const address = session?.clientSocketId ?? session?.id ?? null;
  const changed = conversationChanged({ ...saved, address, ...(now ?? former) }, 'messages');
  // A new chat begins without the team and the assignee of the one before.
  const isSame = now === undefined || (now.teamId === former.teamId && now.assigneeId === former.assigneeId);
  return isSame ? changed : { ...changed, formerAudience: former };
}
