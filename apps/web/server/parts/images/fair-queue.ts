import { errorFor, type ChatError } from '@switchboard/protocol';

/** Who waits. */
export interface Waiter {
  /** Has one piece of work under way at most, whatever else there is. */
  readonly caller: string;
  /** Callers that may be one person, such as visitors of one address: groups take turns, and so do the callers of a group. */
  readonly group: string;
  /** Aborted when nobody waits for the outcome any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface FairQueueOptions {
  /** Pieces of work under way at once. */
  readonly atOnce: number;
  readonly maxWaiting: number;
  readonly maxWaitingOfCaller: number;
  /** Work that could not begin by then is refused, before its caller gives up; at once where that can be foreseen. Milliseconds. */
  readonly maxWaitMs: number;
  /** Milliseconds, of any clock that goes forward. */
  readonly now?: () => number;
}

interface Entry {
  readonly waiter: Waiter;
  readonly admit: () => void;
  readonly refuse: (error: ChatError) => void;
}

const RETRY_AFTER_S = 10;
/** How much the last piece of work says of how long the next will take. */
const NEWS = 0.2;

/** Runs work for many callers, some at once, the others in a queue in which nobody gets in the way of others by asking for much. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #waiting: Entry[] = [];
  /** Callers whose work is under way. */
  readonly #running = new Set<string>();
  /** Caller or group → when it was last admitted, as a number that grows. */
  readonly #admitted = new Map<string, number>();
  #admissions = 0;
  /** How long a piece of work takes lately, in milliseconds. */
  #usualMs = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` as soon as there is room, and resolves with its outcome. Work whose signal is aborted before is not begun; what is under way has to look
   * at the signal itself.
   *
   * @throws ChatError `unavailable` when too many wait, or when this one has waited too long; `invalid_request` when the signal is aborted; and what
   *   `work` throws
   */
  async run<T>(waiter: Waiter, work: () => Promise<T>): Promise<T> {
    await this.#enter(waiter);
    const { now = () => performance.now() } = this.#options;
    const began = now();
    try {
      return await work();
    } finally {
      this.#usualMs += NEWS * (now() - began - this.#usualMs);
      this.#running.delete(waiter.caller);
      this.#admitNext();
    }
  }

  async #enter(waiter: Waiter): Promise<void> {
    if (waiter.signal?.aborted === true) throw gone();
    this.#makeRoom(waiter);
    if (this.#expectedWaitMs(waiter) > this.#options.maxWaitMs) throw overloaded();
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        waiter.signal?.removeEventListener('abort', onAbort);
        const index = this.#waiting.indexOf(entry);
        if (index !== -1) this.#waiting.splice(index, 1);
      };
      const entry: Entry = {
        waiter,
        admit() {
          settle();
          resolve();
        },
        refuse(error) {
          settle();
          reject(error);
        },
      };
      const onAbort = () => entry.refuse(gone());
      const timer = setTimeout(() => entry.refuse(overloaded()), this.#options.maxWaitMs);
      waiter.signal?.addEventListener('abort', onAbort);
      this.#waiting.push(entry);
      this.#admitNext();
    });
  }

  /** How long one more of this group would wait if work goes on to take as long as lately: all of its own group is before it, and as many turns of each other. */
  #expectedWaitMs({ group }: Waiter): number {
    const sizes = this.#waitingByGroup();
    const own = sizes.get(group) ?? 0;
    const before = [...sizes].reduce((sum, [other, size]) => sum + (other === group ? size : Math.min(size, own + 1)), 0);
    return (before / this.#options.atOnce) * this.#usualMs;
  }

  #waitingByGroup(): Map<string, number> {
    const sizes = new Map<string, number>();
    for (const { waiter } of this.#waiting) sizes.set(waiter.group, (sizes.get(waiter.group) ?? 0) + 1);
    return sizes;
  }

  /** With no room left, the group that has the most waiting gives up the newest of it, if it has more than the one that comes. */
  #makeRoom({ caller, group }: Waiter): void {
    const { maxWaiting, maxWaitingOfCaller } = this.#options;
    if (this.#waiting.filter(({ waiter }) => waiter.caller === caller).length >= maxWaitingOfCaller) throw overloaded();
    if (this.#waiting.length < maxWaiting) return;
    const sizes = this.#waitingByGroup();
    const most = Math.max(...sizes.values());
    if (most <= (sizes.get(group) ?? 0) + 1) throw overloaded();
    this.#waiting.findLast(({ waiter }) => sizes.get(waiter.group) === most)?.refuse(overloaded());
  }

  #admitNext(): void {
    while (this.#running.size < this.#options.atOnce) {
      const next = this.#longestWithoutTurn();
      if (next === undefined) break;
      const { caller, group } = next.waiter;
      this.#admissions += 1;
      this.#admitted.set(`caller ${caller}`, this.#admissions).set(`group ${group}`, this.#admissions);
      this.#running.add(caller);
      next.admit();
    }
    if (this.#waiting.length === 0 && this.#running.size === 0) this.#admitted.clear();
  }

  /** Of those whose caller has nothing under way: the one of the group, and in it of the caller, that was admitted longest ago. */
  #longestWithoutTurn(): Entry | undefined {
    const last = (key: string) => this.#admitted.get(key) ?? 0;
    const rank = ({ waiter }: Entry) => [last(`group ${waiter.group}`), last(`caller ${waiter.caller}`)] as const;
    let best: Entry | undefined;
    for (const entry of this.#waiting) {
      if (this.#running.has(entry.waiter.caller)) continue;
      if (best === undefined || isBefore(rank(entry), rank(best))) best = entry;
    }
    return best;
  }
}

function isBefore([group, caller]: readonly [number, number], [otherGroup, otherCaller]: readonly [number, number]): boolean {
  return group === otherGroup ? caller < otherCaller : group < otherGroup;
}

function overloaded(): ChatError {
  return errorFor('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_S });
}

function gone(): ChatError {
  return errorFor('request_aborted');
}
