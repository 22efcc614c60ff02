import type { ChatError } from '@switchboard/protocol';

import type { Draft } from './draft.ts';
import type { SaveResult } from './write-group.ts';

/** A request that waits to be written, or is being written. */
export interface QueuedRequest {
  readonly drafts: readonly Draft[];
  readonly resolve: (result: SaveResult) => void;
  readonly reject: (error: ChatError) => void;
}

/**
 * Conversations are divided into this many partitions, and each has at most one transaction under way: one is computed while the other waits for the disk. Two
 * saved 1.4 times as much as one in 64 conversations on two processors (`npm run bench -- saves`); a third saved no more.
 */
export const PARTITIONS = 2;

/** The transactions that a request must not run beside: those of its partition, or all. */
export type Partition = number | 'all';

/** The partition of a request. Requests for one conversation share it. A request for several partitions, or for an address that only the database knows, blocks all. */
export function partitionOf({ drafts }: QueuedRequest): Partition {
  const partitions = new Set(drafts.map(({ target }): Partition => (target.kind === 'client' ? target.clientId % PARTITIONS : 'all')));
  const [partition = 'all'] = partitions;
  return partitions.size === 1 ? partition : 'all';
}

interface Placed {
  readonly request: QueuedRequest;
  readonly partition: Partition;
}

/** Requests in the order they arrived, taken as groups. Groups of different partitions may be written at the same time; no request overtakes another in a conversation. */
export class SaveQueue {
  #waiting: Placed[] = [];

  push(request: QueuedRequest): void {
    this.#waiting.push({ request, partition: partitionOf(request) });
  }

  /** Removes a request, unless it was taken already. */
  remove(request: QueuedRequest): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.request !== request);
  }

  /**
   * Takes the next group. For a partition: its requests before the first one that blocks all partitions. For `all`: requests of any kind, if the first one
   * blocks all. A group has at least one request if there is one to take, and several requests have at most `maxMessages` messages together.
   */
  take(partition: Partition, maxMessages: number): QueuedRequest[] {
    if (partition === 'all' && this.#waiting[0]?.partition !== 'all') return [];
    const taken: QueuedRequest[] = [];
    const left: Placed[] = [];
    let messages = 0;
    let open = true;
    for (const waiting of this.#waiting) {
      const mine = partition === 'all' || waiting.partition === partition;
      if (open && mine) {
        messages += waiting.request.drafts.length;
        open = taken.length === 0 || messages <= maxMessages;
      } else if (partition !== 'all' && waiting.partition === 'all') {
        open = false;
      }
      if (open && mine) taken.push(waiting.request);
      else left.push(waiting);
    }
    this.#waiting = left;
    return taken;
  }
}
