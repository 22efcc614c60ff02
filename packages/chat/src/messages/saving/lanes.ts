import type { ChatError } from '@switchboard/protocol';

import type { Draft } from './draft.ts';
import type { SaveResult } from './write-group.ts';

/** A request on its way. */
export interface Waiting {
  readonly drafts: readonly Draft[];
  readonly resolve: (result: SaveResult) => void;
  readonly reject: (error: ChatError) => void;
}

/**
 * How many transactions may be under way, each on conversations of its own: one is being computed while the other one waits for the disk. Two saved 1.4
 * times as much as one in 64 conversations on two processors (`npm run bench -- saves`), a third one nothing more.
 */
export const LANES = 2;

/** Which transactions a request may not run beside: those of its lane, or all. */
export type Lane = number | 'all';

/** Requests for one conversation share a lane. One that leads to several lanes, or that only the database can tell where, blocks all of them. */
export function laneOf({ drafts }: Waiting): Lane {
  const lanes = new Set(drafts.map(({ target }): Lane => (target.kind === 'client' ? target.clientId % LANES : 'all')));
  const [lane = 'all'] = lanes;
  return lanes.size === 1 ? lane : 'all';
}

interface Placed {
  readonly request: Waiting;
  readonly lane: Lane;
}

/** Requests in the order they came, given out as groups that may be written side by side and never overtake one another in a conversation. */
export class WaitingLine {
  #waiting: Placed[] = [];

  push(request: Waiting): void {
    this.#waiting.push({ request, lane: laneOf(request) });
  }

  /** Takes a request back, unless it was given out. */
  remove(request: Waiting): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.request !== request);
  }

  /**
   * Gives out the next group: for a lane what stands before the first request that blocks all of them; for `all`, when such a one is the first, whatever
   * comes. At least one request if there is any, and no more than `maxMessages` together if there are several.
   */
  take(lane: Lane, maxMessages: number): Waiting[] {
    if (lane === 'all' && this.#waiting[0]?.lane !== 'all') return [];
    const taken: Waiting[] = [];
    const left: Placed[] = [];
    let messages = 0;
    let open = true;
    for (const waiting of this.#waiting) {
      const mine = lane === 'all' || waiting.lane === lane;
      if (open && mine) {
        messages += waiting.request.drafts.length;
        open = taken.length === 0 || messages <= maxMessages;
      } else if (lane !== 'all' && waiting.lane === 'all') {
        open = false;
      }
      if (open && mine) taken.push(waiting.request);
      else left.push(waiting);
    }
    this.#waiting = left;
    return taken;
  }
}
