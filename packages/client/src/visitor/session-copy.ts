import type { Effects } from '../platform/effects.ts';
import { DiskStore, settled } from '../platform/indexed-db.ts';
import type { StoredSession } from './stored-session.ts';

const STORE = 'values';
const KEY = 'session';

/** The last known state of this browser's conversation; `session` is null after it has ended. */
export interface SessionRecord {
  /** Grows with every change: of two records the larger one is newer. Approximately milliseconds since 1970. */
  readonly writtenAt: number;
  readonly session: StoredSession | null;
}

/**
 * A second copy of the visitor's session in IndexedDB, which is on disk when `write` resolves. Browsers write `localStorage` with a delay of some seconds: if
 * the browser is killed meanwhile (a phone without memory, a crash), a conversation that has just started would be lost.
 */
export class SessionCopy {
  readonly #store: DiskStore;

  constructor(effects: Effects) {
    const create = (database: IDBDatabase) => void database.createObjectStore(STORE);
    this.#store = new DiskStore(effects, { database: 'switchboard-session', store: STORE, create });
  }

  /** Undefined if none was ever written. @throws the error of IndexedDB */
  async read(): Promise<SessionRecord | undefined> {
    return (await this.#store.read<unknown>((store) => store.get(KEY))) as SessionRecord | undefined;
  }

  /** @throws the error of IndexedDB */
  async write(record: SessionRecord): Promise<void> {
    await this.#store.write(async (store) => void (await settled(store.put(record, KEY))));
  }

  close(): void {
    this.#store.close();
  }
}
