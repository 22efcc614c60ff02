import { errorFor } from '@switchboard/protocol';

/** Slows down who guesses the password of one account from many addresses, which limits for each address don't see. */
export interface SignInBrake {
  /**
   * Waits until it is this attempt's turn: at once, unless wrong passwords were tried for the account many times lately. Then attempts go one after
   * another, with pauses that grow to some seconds. Nobody is shut out: from an address at which the account has signed in lately nobody waits.
   *
   * @param account as it was typed; one that does not exist is slowed down alike
   * @param isKnown whether the account has signed in from the caller's address lately; asked only when it matters
   * @throws ChatError `rate_limited` when so many wait already that this one would wait for long
   */
  pass(account: string, isKnown: () => Promise<boolean>): Promise<void>;
  /** A wrong password was tried. */
  failed(account: string): void;
}

export interface SignInBrakeOptions {
  /** Milliseconds, of any clock that goes forward. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Wrong passwords that people type before their account is slowed down. */
const FREE_FAILURES = 10;
/** One wrong password is forgotten after each of these. */
const FORGET_ONE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** What would wait longer is refused: a browser's request is not kept for minutes. */
const LONGEST_WAIT_MS = 8_000;
/** Accounts kept in mind; past that those with the oldest failure are forgotten. */
const MAX_ACCOUNTS = 10_000;

interface Account {
  /** Wrong passwords, as of `at`. */
  failures: number;
  at: number;
  /** When the next attempt may go. */
  free: number;
}

/** Counted by each web server by itself. */
export function createSignInBrake({ now, wait }: SignInBrakeOptions): SignInBrake {
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
