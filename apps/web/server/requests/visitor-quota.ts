import type { NewMessage, SavedMessage } from '@switchboard/protocol';

import type { HttpRequest } from '../parts/http/http-request.ts';
import { addressKey, callerKey, consume } from './admission.ts';
import type { KnownCaller } from './authenticate.ts';
import type { Stored } from '../parts/storage/disk-floor.ts';
import type { LimitName } from '../parts/limits/limits.ts';
import type { Services } from '../services/services.ts';

/** The caller who stores, with their request. */
interface Storing {
  readonly request: HttpRequest;
  readonly caller: KnownCaller;
  readonly services: Services;
}

/** The cost for one limit. */
interface Share {
  readonly limit: LimitName;
  readonly key: string;
  readonly cost: number;
}

/** Bytes of a row apart from its texts, including indexes. */
const ROW_BYTES = 512;

/**
 * Calls `save` if the quota of the visitors who wrote the messages allows it. Operators have no quota for their own messages; messages that consoles save on
 * behalf of a visitor count toward that conversation's bytes, or a visitor could fill the disk through them. Failed saves and duplicates do not count, so an
 * outbox may retry as often as necessary.
 *
 * @throws ChatError `rate_limited`, `unavailable` when the disk is nearly full; whatever `save` throws
 */
export async function saveWithinQuota<T extends { readonly messages: readonly SavedMessage[] }>(
  storing: Storing,
  messages: readonly NewMessage[],
  save: () => Promise<T>,
): Promise<T> {
  const saved = await withinQuota(storing, 'messages', sharesOf(storing, messages), save);
  const duplicates = messages.filter((_message, index) => saved.messages[index]?.duplicate === true);
  await giveBack(sharesOf(storing, duplicates), storing.services);
  return saved;
}

/**
 * Calls `store` if the sender's quota allows another image of `bytes`. Operators have no quota. Failed attempts do not count.
 *
 * @throws ChatError `rate_limited`, `unavailable` when the disk is nearly full; whatever `store` throws
 */
export async function storeWithinQuota<T>(storing: Storing, bytes: number, store: () => Promise<T>): Promise<T> {
  const { request, caller } = storing;
  const shares = caller.kind === 'operator' ? [] : [...visitorShares(request, caller, bytes + ROW_BYTES)];
  return await withinQuota(storing, 'images', shares, store);
}

function sharesOf({ request, caller }: Storing, messages: readonly NewMessage[]): readonly Share[] {
  if (messages.length === 0) return [];
  if (caller.kind === 'visitor')
    return [{ limit: 'messages', key: callerKey(caller), cost: messages.length }, ...visitorShares(request, caller, bytesOf(messages))];
  const onBehalf = messages.filter(({ senderType }) => senderType === 'CLIENT');
  return onBehalf.flatMap((message) => {
    const cost = bytesOf([message]);
    return [
      { limit: 'visitorBytes', key: conversationKey(message), cost },
      { limit: 'allBytes', key: 'all', cost },
    ] as const;
  });
}

function visitorShares(request: HttpRequest, caller: KnownCaller, cost: number): readonly Share[] {
  return [
    { limit: 'visitorBytes', key: callerKey(caller), cost },
    { limit: 'addressBytes', key: addressKey(request), cost },
    { limit: 'allBytes', key: 'all', cost },
  ];
}

/** The key of the conversation that an operator names: the same as `callerKey` of its visitor, if it is known. */
function conversationKey({ clientId, clientSocketId, sessionId }: NewMessage): string {
  return typeof clientId === 'number' ? `client ${clientId}` : `at ${clientSocketId ?? sessionId ?? 'nowhere'}`;
}

async function withinQuota<T>({ services }: Storing, stored: Stored, shares: readonly Share[], work: () => Promise<T>): Promise<T> {
  if (shares.length === 0) return await work();
  await services.diskFloor.requireRoom(stored);
  const taken: Share[] = [];
  try {
    for (const share of shares) {
      await consume(share.limit, share.key, services, share.cost);
      taken.push(share);
    }
    return await work();
  } catch (error) {
    await giveBack(taken, services);
    throw error;
  }
}

async function giveBack(shares: readonly Share[], { limits }: Services): Promise<void> {
  await Promise.all(shares.map(async ({ limit, key, cost }) => await limits[limit].giveBack(key, cost)));
}

function bytesOf(messages: readonly NewMessage[]): number {
  const texts = messages.flatMap(({ text, imageUrl, imageName }) => [text, imageUrl, imageName]);
  return texts.reduce((sum, value) => sum + Buffer.byteLength(value ?? ''), messages.length * ROW_BYTES);
}
