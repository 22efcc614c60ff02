import { errorFor, type ChatError } from '@switchboard/protocol';

/** The caller of a task. */
export interface Waiter {
  /** A caller has at most one running task. */
  readonly caller: string;
  /** Callers that may be one person, such as visitors from one address. Groups take turns, and so do the callers in a group. */
  readonly group: string;
  /** Aborted when the result is no longer needed. */
  readonly signal?: AbortSignal | undefined;
}

export interface FairQueueOptions {
  /** Most running tasks. */
  readonly atOnce: number;
  readonly maxWaiting: number;
  readonly maxWaitingOfCaller: number;
  /** A task that has not started by then is refused, before its caller gives up; immediately if that is foreseeable. Milliseconds. */
  readonly maxWaitMs: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

interface Entry {
  readonly waiter: Waiter;
  readonly admit: () => void;
  readonly refuse: (error: ChatError) => void;
}

const RETRY_AFTER_S = 10;
/** Weight of the latest task in the moving average of durations. */
const SMOOTHING = 0.2;

/** Runs a few tasks at a time and queues the others, fairly: a caller with many tasks does not delay others. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #waiting: Entry[] = [];
  /** Callers with a running task. */
  readonly #running = new Set<string>();
  /** Caller or group → sequence number of its last admission. */
  readonly #admitted = new Map<string, number>();
  #admissions = 0;
  /** Moving average of a task's duration, in milliseconds. */
  #usualMs = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` as soon as a slot is free, and resolves with its result. Work whose signal is aborted before is not started; running work has to watch the
   * signal.
   *
   * @throws ChatError `unavailable` when the queue is full or this task has waited too long; `invalid_request` when the signal is aborted; whatever `work`
   * throws
   */
  async run<T>(waiter: Waiter, work: () => Promise<T>): Promise<T> {
    await this.#enter(waiter);
    const { now = () => performance.now() } = this.#options;
    const began = now();
    try {
      return await work();
    } finally {
      this.#usualMs += SMOOTHING * (now() - began - this.#usualMs);
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

  /** How long another task of this group would wait at the average duration: behind all of its own group, and as many tasks of each other group. */
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

  /** When the queue is full, drops the newest task of the largest group, if that is larger than the group of the new task. */
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

  /** The next task: of the callers without a running task, the one whose group, and then whose caller, was admitted longest ago. */
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
