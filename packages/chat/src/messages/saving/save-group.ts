import { ChatError, errorFor } from '@switchboard/protocol';

import type { Context } from '../../context.ts';
import { withDatabase } from '../../with-database.ts';
import type { Draft } from './draft.ts';
import type { QueuedRequest } from './save-queue.ts';
import { writeAtOnce } from './write-at-once.ts';
import { writeGroup } from './write-group.ts';

/** Writes a group and answers each of its requests; never rejects. */
export async function saveGroup(ctx: Context, group: readonly QueuedRequest[]): Promise<void> {
  const left = await saveAtOnce(ctx, group);
  if (left.length > 0) await savePlanned(ctx, left);
}

/** Writes the ordinary requests of a group and answers them; returns the others. */
async function saveAtOnce(ctx: Context, group: readonly QueuedRequest[]): Promise<readonly QueuedRequest[]> {
  try {
    const results = await withDatabase(ctx, async () => await writeAtOnce(ctx, draftsOf(group)));
    return group.filter(({ resolve }, index) => {
      const result = results[index];
      if (result !== undefined) resolve(result);
      return result === undefined;
    });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'unavailable') return group;
    for (const { reject } of group) reject(failure);
    return [];
  }
}

/**
 * Writes a group of any requests and answers each of them; never rejects. When the transaction fails although the database is there, every request is
 * tried alone, so that one that cannot be stored does not make the others fail.
 */
async function savePlanned(ctx: Context, group: readonly QueuedRequest[]): Promise<void> {
  try {
    const outcomes = await withDatabase(ctx, async () => await writeGroup(ctx, draftsOf(group)));
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error('A request of the group was not answered.');
      if (outcome instanceof ChatError) reject(outcome);
      else resolve(outcome);
    }
  } catch (error) {
    const failure = toFailure(error);
    if (group.length > 1 && failure.code !== 'unavailable') {
      for (const request of group) await savePlanned(ctx, [request]);
    } else {
      for (const { reject } of group) reject(failure);
    }
  }
}

function draftsOf(group: readonly QueuedRequest[]): (readonly Draft[])[] {
  return group.map(({ drafts }) => drafts);
}

function toFailure(error: unknown): ChatError {
  return error instanceof ChatError ? error : errorFor('unexpected', undefined, { cause: error });
}
