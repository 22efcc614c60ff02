import { isBlocked } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';
import type { VisitorSession } from './session.ts';

export interface ResumptionHooks {
  /** The stored session has been restored or renewed, or is lost. */
  onDone(): void;
  /** `isBlocked` may have changed. */
  onChange(): void;
}

/** Resumes an earlier conversation: restores its session if the browser was killed before it had stored it, and renews its token if that has expired. */
export class Resumption {
  /** Resolves when the session is restored. */
  readonly restored: Promise<void>;
  readonly #task: RetryingTask;
  #isRestoring = true;
  #isRenewing = false;
  #isBlocked = false;

  constructor(effects: Effects, session: VisitorSession, hooks: ResumptionHooks) {
    this.#task = new RetryingTask(effects, {
      work: async () => {
        if (!this.#isRenewing) return;
        await session.renew();
        this.#isRenewing = false;
        hooks.onDone();
      },
      onFailure: (error) => {
        effects.note('session: not resumed', error);
        this.#isBlocked ||= this.#isRenewing && isBlocked(error);
        hooks.onChange();
      },
      page: effects.page,
    });
    this.restored = this.#restore(session, hooks);
  }

  isRestoring(): boolean {
    return this.#isRestoring;
  }

  /** Whether there may be a conversation to resume. */
  isRunning(): boolean {
    return this.#isRestoring || this.#isRenewing;
  }

  /** Whether the token can't be renewed because this visitor is blocked. */
  isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Renews the token of the stored session, for as long as it takes. */
  renew(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#task.trigger(true);
  }

  /** Stops renewing: there is an active conversation, or none at all. */
  stop(): void {
    this.#isRenewing = false;
    this.#isBlocked = false;
  }

  close(): void {
    this.#task.close();
  }

  async #restore(session: VisitorSession, hooks: ResumptionHooks): Promise<void> {
    await session.restore();
    this.#isRestoring = false;
    hooks.onDone();
  }
}
