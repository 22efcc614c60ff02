import type { Effects } from '../platform/effects.ts';
import { DiskStore, settled } from '../platform/indexed-db.ts';
import type { StoredSession } from './stored-session.ts';

const STORE = 'values';
const KEY = 'session';

/** What was last known of this browser's conversation; `session` is null when it was over. */
export interface SessionRecord {
  /** Grows with every change: of two records the larger one counts. Milliseconds since 1970, nearly. */
  readonly writtenAt: number;
  readonly session: StoredSession | null;
}

/**
 * A second copy of the visitor's session, on the disk when `write` resolves. Browsers write `localStorage` some seconds late: one that is killed meanwhile
 * (a phone that needs the memory, a crash) has forgotten a conversation that had begun.
 */
export class SessionCopy {
  readonly #store: DiskStore;

  constructor(effects: Effects) {
    const create = (database: IDBDatabase) => void database.createObjectStore(STORE);
    this.#store = new DiskStore(effects, { database: 'switchboard-session', store: STORE, create });
  }

  /** Undefined when none was ever written. @throws when the disk can't be read */
  async read(): Promise<SessionRecord | undefined> {
    return (await this.#store.read<unknown>((store) => store.get(KEY))) as SessionRecord | undefined;
  }

  /** @throws when the disk does not take it */
  async write(record: SessionRecord): Promise<void> {
    await this.#store.write(async (store) => void (await settled(store.put(record, KEY))));
  }

  close(): void {
    this.#store.close();
  }
}
