import type { NewMessage, SavedMessage } from '@switchboard/protocol';

import { addressKey, callerKey, takeTurn } from './admission.ts';
import type { KnownCaller } from './authenticate.ts';
import type { Stored } from './disk-floor.ts';
import type { LimitName } from './limits.ts';
import type { Services } from './services.ts';

/** Who stores, as a route handler knows it. */
interface Storing {
  readonly request: Request;
  readonly caller: KnownCaller;
  readonly services: Services;
}

interface Cost {
  readonly messages: number;
  readonly bytes: number;
}

/** What a row takes besides its texts, indexes included. Bytes. */
const ROW_BYTES = 512;

/**
 * Saves messages as far as the sender's quota allows: `save` is called when it does. Operators have none. What fails, and what was saved before, does not
 * count: an outbox may try as often as it must.
 *
 * @throws ChatError `rate_limited`, `unavailable` when the disk is nearly full; whatever `save` throws
 */
export async function saveWithinQuota<T extends { readonly messages: readonly SavedMessage[] }>(
  storing: Storing,
  messages: readonly NewMessage[],
  save: () => Promise<T>,
): Promise<T> {
  const costOf = (some: readonly NewMessage[]) => ({
    messages: some.length,
    bytes: some.reduce((sum, message) => sum + bytesOf(message), 0),
  });
  return await withinQuota(storing, 'messages', costOf(messages), save, ({ messages: saved }) =>
    costOf(messages.filter((_message, index) => saved[index]?.duplicate === true)),
  );
}

/**
 * Stores an image of `bytes` as far as the sender's quota allows: `store` is called when it does. Operators have none. What fails does not count.
 *
 * @throws ChatError `rate_limited`, `unavailable` when the disk is nearly full; whatever `store` throws
 */
export async function storeWithinQuota<T>(storing: Storing, bytes: number, store: () => Promise<T>): Promise<T> {
  return await withinQuota(storing, 'images', { messages: 0, bytes: bytes + ROW_BYTES }, store, () => NOTHING);
}

const NOTHING: Cost = { messages: 0, bytes: 0 };

/** @param unused what of the cost was not stored after all */
async function withinQuota<T>(
  { request, caller, services }: Storing,
  stored: Stored,
  cost: Cost,
  work: () => Promise<T>,
  unused: (done: T) => Cost,
): Promise<T> {
  if (caller.kind === 'operator') return await work();
  await services.diskFloor.requireRoom(stored);
  const shares: readonly Share[] = [
    { limit: 'messages', key: callerKey(caller), of: ({ messages }) => messages },
    { limit: 'visitorBytes', key: callerKey(caller), of: ({ bytes }) => bytes },
    { limit: 'addressBytes', key: addressKey(request), of: ({ bytes }) => bytes },
    { limit: 'allBytes', key: 'all', of: ({ bytes }) => bytes },
  ];
  const taken: Share[] = [];
  try {
    for (const share of shares) {
      if (share.of(cost) === 0) continue;
      await takeTurn(share.limit, share.key, services, share.of(cost));
      taken.push(share);
    }
    const done = await work();
    await giveBack(taken, unused(done), services);
    return done;
  } catch (error) {
    await giveBack(taken, cost, services);
    throw error;
  }
}

/** One limit that counts what is stored. */
interface Share {
  readonly limit: LimitName;
  readonly key: string;
  readonly of: (cost: Cost) => number;
}

async function giveBack(shares: readonly Share[], cost: Cost, { limits }: Services): Promise<void> {
  await Promise.all(
    shares.filter((share) => share.of(cost) > 0).map(async ({ limit, key, of }) => await limits[limit].giveBack(key, of(cost))),
  );
}

function bytesOf({ text, imageUrl, imageName }: NewMessage): number {
  return [text, imageUrl, imageName].reduce((sum, value) => sum + Buffer.byteLength(value ?? ''), ROW_BYTES);
}
