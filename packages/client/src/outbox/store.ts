import type { Effects } from '../effects.ts';
import { DiskStore, settled } from '../indexed-db.ts';
import { readEntry } from './entry.ts';
import type { OutboxEntry } from './entry.ts';

const DATABASE = 'switchboard-outbox';
const STORE = 'entries';
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

/** The entries on disk. Every method rejects when the disk does. */
class Disk {
  readonly #store: DiskStore;

  constructor(effects: Effects) {
    const create = (database: IDBDatabase) => {
      const store = database.createObjectStore(STORE, { keyPath: 'order', autoIncrement: true });
      store.createIndex('key', 'key', { unique: true });
      store.createIndex('owner', 'owner');
    };
    this.#store = new DiskStore(effects, { database: DATABASE, store: STORE, create });
  }

  add(entry: Omit<OutboxEntry, 'order'>): Promise<void> {
    return this.#store.write(async (store) => {
      if ((await settled(store.index('key').getKey(entry.key))) === undefined) await settled(store.add(entry));
    });
  }

  update(entry: OutboxEntry): Promise<void> {
    return this.#store.write(async (store) => {
      // Gone meanwhile (saved by another tab): it must not come back.
      if ((await settled(store.getKey(entry.order))) !== undefined) await settled(store.put(entry));
    });
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#store.write(async (store) => {
      for (const key of keys) {
        const order = await settled(store.index('key').getKey(key));
        if (order !== undefined) await settled(store.delete(order));
      }
    });
  }

  async list(owner: string): Promise<OutboxEntry[]> {
    const rows: unknown[] = await this.#store.read((store) => store.index('owner').getAll(owner));
    return rows.map(readEntry).filter((entry) => entry !== null);
  }

  close(): void {
    this.#store.close();
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
