import { ChatError } from '@switchboard/protocol';

import type { Context } from '../../context.ts';
import { withDatabase } from '../../with-database.ts';
import type { Draft } from './draft.ts';
import type { Waiting } from './lanes.ts';
import { writeAtOnce } from './write-at-once.ts';
import { writeGroup } from './write-group.ts';

/** Writes a group and answers everybody in it; never rejects. */
export async function saveGroup(ctx: Context, group: readonly Waiting[]): Promise<void> {
  const left = await saveAtOnce(ctx, group);
  if (left.length > 0) await saveWithCare(ctx, left);
}

/** Writes those of a group that are ordinary and answers them; the others it returns. */
async function saveAtOnce(ctx: Context, group: readonly Waiting[]): Promise<readonly Waiting[]> {
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
 * Writes a group of any requests and answers everybody in it; never rejects. When the transaction fails for another reason than a database that is away,
 * every request is tried alone, so that the one that can't be stored does not take the others with it.
 */
async function saveWithCare(ctx: Context, group: readonly Waiting[]): Promise<void> {
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
      for (const request of group) await saveWithCare(ctx, [request]);
    } else {
      for (const { reject } of group) reject(failure);
    }
  }
}

function draftsOf(group: readonly Waiting[]): (readonly Draft[])[] {
  return group.map(({ drafts }) => drafts);
}

function toFailure(error: unknown): ChatError {
  return error instanceof ChatError ? error : new ChatError('internal', 'Something went wrong on our side.', { cause: error });
}
