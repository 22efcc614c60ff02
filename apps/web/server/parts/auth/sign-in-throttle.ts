import { errorFor } from '@switchboard/protocol';

/** Slows down guessing the password of one account from many addresses, which limits per address do not detect. */
export interface SignInThrottle {
  /**
   * Resolves when this attempt may proceed: at once, unless many wrong passwords were tried for the account recently. Then attempts run one after another, with
   * pauses that grow to a few seconds. No operator is locked out: attempts from an address where the account has signed in recently do not wait.
   *
   * @param account as typed; an account that does not exist is slowed down the same way
   * @param isKnown whether the account has signed in from the caller's address recently; called only when it matters
   * @throws ChatError `rate_limited` when this attempt would wait too long
   */
  pass(account: string, isKnown: () => Promise<boolean>): Promise<void>;
  /** Records a wrong password. */
  failed(account: string): void;
}

export interface SignInThrottleOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Wrong passwords before an account is slowed down. */
const FREE_FAILURES = 10;
/** One wrong password is forgotten after each interval of this length. */
const FORGET_ONE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** An attempt that would wait longer is refused: a browser's request should not stay open for minutes. */
const LONGEST_WAIT_MS = 8_000;
/** Most accounts remembered; beyond it the ones with the oldest failure are forgotten. */
const MAX_ACCOUNTS = 10_000;

interface Account {
  /** Wrong passwords, as of `at`. */
  failures: number;
  at: number;
  /** When the next attempt may run. */
  free: number;
}

/** Each web server counts on its own. */
export function createSignInThrottle({ now, wait }: SignInThrottleOptions): SignInThrottle {
  const accounts = new Map<string, Account>();
  const failuresOf = ({ failures, at }: Account) => Math.max(0, failures - Math.floor((now() - at) / FORGET_ONE_MS));

  return {
    async pass(name, isKnown) {
      const account = accounts.get(name);
      if (account === undefined) return;
      const over = failuresOf(account) - FREE_FAILURES;
      if (over < 0 || (await isKnown())) return;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** over);
      const turn = Math.max(now(), account.free) + pause;
      const ms = turn - now();
      if (ms > LONGEST_WAIT_MS) {
        const seconds = Math.ceil(ms / 1_000);
        throw errorFor('too_many_sign_ins', { seconds }, { retryAfterSeconds: seconds });
      }
      account.free = turn;
      await wait(ms);
    },
    failed(name) {
      const account = accounts.get(name) ?? { failures: 0, at: now(), free: 0 };
      accounts.delete(name);
      const [oldest] = accounts.keys();
      if (accounts.size >= MAX_ACCOUNTS && oldest !== undefined) accounts.delete(oldest);
      accounts.set(name, { failures: failuresOf(account) + 1, at: now(), free: account.free });
    },
  };
}
