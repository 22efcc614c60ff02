import type { Effects } from '../effects.ts';
import { readEntry } from './entry.ts';
import type { OutboxEntry } from './entry.ts';

const DATABASE = 'switchboard-outbox';
const STORE = 'entries';
/** Milliseconds after which an IndexedDB that does not answer (it happens) counts as missing. */
const OPEN_TIMEOUT_MS = 3_000;
/** Above every number that IndexedDB has given, so that what memory holds stays behind what the disk holds. */
const MEMORY_ORDER_BASE = 2 ** 40;

/** Keeps entries. Every method may be called at any time; nothing is lost while the page lives. */
export interface OutboxStore {
  /** Keeps a new entry and gives it its place; the same key twice keeps the first. */
  add(entry: Omit<OutboxEntry, 'order'>): Promise<void>;
  /** Replaces an entry that is still there. */
  update(entry: OutboxEntry): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
  /** All entries of one owner in order. */
  list(owner: string): Promise<OutboxEntry[]>;
  /** Whether new entries go to memory because the disk refuses them. */
  isVolatile(): boolean;
  close(): void;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB request failed')));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB transaction aborted')));
  });
}

function openDatabase(effects: Effects, factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const cancel = effects.after(OPEN_TIMEOUT_MS, () => reject(new Error('IndexedDB does not answer')));
    const request = factory.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => {
      const store = request.result.createObjectStore(STORE, { keyPath: 'order', autoIncrement: true });
      store.createIndex('key', 'key', { unique: true });
      store.createIndex('owner', 'owner');
    });
    request.addEventListener('error', () => {
      cancel();
      reject(request.error ?? new Error('IndexedDB refused'));
    });
    request.addEventListener('success', () => {
      cancel();
      resolve(request.result);
    });
  });
}

/** The entries on disk. Every method rejects when the disk does. */
class Disk {
  readonly #effects: Effects;
  #opening: Promise<IDBDatabase> | undefined;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  async #open(): Promise<IDBDatabase> {
    const factory = this.#effects.indexedDB;
    if (factory === undefined) throw new Error('there is no IndexedDB');
    this.#opening ??= openDatabase(this.#effects, factory).then((database) => {
      // Closed under us: the user cleared the data, or a newer build wants to upgrade. The next use opens it again.
      const forget = () => {
        this.#opening = undefined;
      };
      database.addEventListener('close', forget);
      database.addEventListener('versionchange', () => {
        forget();
        database.close();
      });
      return database;
    });
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #write(change: (store: IDBObjectStore) => Promise<void>): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
    const done = committed(transaction);
    await Promise.all([change(transaction.objectStore(STORE)), done]);
  }

  add(entry: Omit<OutboxEntry, 'order'>): Promise<void> {
    return this.#write(async (store) => {
      if ((await settled(store.index('key').getKey(entry.key))) === undefined) await settled(store.add(entry));
    });
  }

  update(entry: OutboxEntry): Promise<void> {
    return this.#write(async (store) => {
      // Gone meanwhile (saved by another tab): it must not come back.
      if ((await settled(store.getKey(entry.order))) !== undefined) await settled(store.put(entry));
    });
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#write(async (store) => {
      for (const key of keys) {
        const order = await settled(store.index('key').getKey(key));
        if (order !== undefined) await settled(store.delete(order));
      }
    });
  }

  async list(owner: string): Promise<OutboxEntry[]> {
    const database = await this.#open();
    const rows: unknown[] = await settled(database.transaction(STORE).objectStore(STORE).index('owner').getAll(owner));
    return rows.map(readEntry).filter((entry) => entry !== null);
  }

  close(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    opening?.then(
      (database) => database.close(),
      (error: unknown) => this.#effects.note('outbox: nothing to close', error),
    );
  }
}

/** The outbox on disk, and in memory for what the disk will not take (private mode, full quota). */
class ResilientStore implements OutboxStore {
  readonly #effects: Effects;
  readonly #disk: Disk;
  readonly #memory = new Map<string, OutboxEntry>();
  /** Changes that the disk did not take: what it lists is older. */
  readonly #newer = new Map<string, OutboxEntry>();
  #nextOrder = MEMORY_ORDER_BASE;
  #diskWorks = true;

  constructor(effects: Effects) {
    this.#effects = effects;
    this.#disk = new Disk(effects);
  }

  isVolatile(): boolean {
    return !this.#diskWorks || this.#memory.size > 0;
  }

  async add(entry: Omit<OutboxEntry, 'order'>): Promise<void> {
    // While memory holds something, the newer must queue up behind it there.
    if (this.#memory.size === 0) {
      try {
        await this.#disk.add(entry);
        this.#diskWorks = true;
        return;
      } catch (error) {
        this.#diskWorks = false;
        this.#effects.note('outbox: kept in memory only', error);
      }
    }
    if (this.#memory.has(entry.key)) return;
    this.#memory.set(entry.key, { ...entry, order: this.#nextOrder });
    this.#nextOrder += 1;
  }

  async update(entry: OutboxEntry): Promise<void> {
    if (this.#memory.has(entry.key)) {
      this.#memory.set(entry.key, entry);
      return;
    }
    this.#newer.set(entry.key, entry);
    await this.#attempt(async () => {
      await this.#disk.update(entry);
      this.#newer.delete(entry.key);
    });
  }

  async remove(keys: readonly string[]): Promise<void> {
    const onDisk = keys.filter((key) => !this.#memory.delete(key));
    if (onDisk.length > 0) await this.#attempt(() => this.#disk.remove(onDisk));
  }

  async list(owner: string): Promise<OutboxEntry[]> {
    let stored: OutboxEntry[] = [];
    await this.#attempt(async () => {
      stored = await this.#disk.list(owner);
      this.#diskWorks = true;
    });
    const kept = [...this.#memory.values()].filter((entry) => entry.owner === owner);
    const listed = stored.map((entry) => this.#newer.get(entry.key) ?? entry);
    return [...listed, ...kept].toSorted((a, b) => a.order - b.order);
  }

  close(): void {
    this.#disk.close();
  }

  /** Does what can be redone later at no loss: an entry that stays on disk is sent again and answered as a duplicate. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#diskWorks = false;
      this.#effects.note('outbox: the disk failed', error);
    }
  }
}

/** Opens the outbox of this origin. */
export function openOutboxStore(effects: Effects): OutboxStore {
  return new ResilientStore(effects);
}
