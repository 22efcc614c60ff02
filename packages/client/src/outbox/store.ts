import type { Effects } from '../platform/effects.ts';
import { DiskStore, settled } from '../platform/indexed-db.ts';
import { entryId, readEntry, storedEntry } from './entry.ts';
import type { OutboxEntry, StoredEntry } from './entry.ts';

const DATABASE = 'switchboard-outbox';
const STORE = 'entries';
/** Above every number that IndexedDB assigns, so that entries in memory come after those on disk. */
const MEMORY_ORDER_BASE = 2 ** 40;

/** Stores entries. Every method may be called at any time; no entry is lost while the page is open. */
export interface OutboxStore {
  /** Stores a new entry and assigns its position; adding the same entry (`entryId`) again changes nothing. */
  add(entry: Omit<OutboxEntry, 'order'>): Promise<void>;
  /** Replaces an entry that still exists. */
  update(entry: OutboxEntry): Promise<void>;
  remove(entries: readonly OutboxEntry[]): Promise<void>;
  /** All entries of one owner, in order. */
  list(owner: string): Promise<OutboxEntry[]>;
  /** Whether new entries are kept in memory because the disk refuses them. */
  isVolatile(): boolean;
  close(): void;
}

/** A row of the object store; `key` has a unique index. */
interface Row extends StoredEntry<Omit<OutboxEntry, 'order'>> {
  /** The message key, if `key` holds another value. */
  readonly messageKey?: string;
}

/**
 * The row of an entry whose message key another entry already has. The index over `key` has been unique since the first build, which may open this database
 * as well (another tab, a downgrade); if it sends the row under this key, the server refuses it.
 */
function secondRow(entry: Omit<OutboxEntry, 'order'>): Row {
  return { ...storedEntry(entry), key: entryId(entry), messageKey: entry.key };
}

/** The entries on disk. Every method rejects when IndexedDB does. */
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
      const second = secondRow(entry);
      if ((await settled(store.index('key').getKey(second.key))) !== undefined) return;
      const first = readEntry(await settled<unknown>(store.index('key').get(entry.key)));
      if (first !== null && entryId(first) === entryId(entry)) return;
      await settled(store.add(first === null ? storedEntry(entry) : second));
    });
  }

  update(entry: OutboxEntry): Promise<void> {
    return this.#store.write(async (store) => {
      // Removed meanwhile (saved by another tab): it must not be stored again.
      if ((await settled(store.getKey(entry.order))) === undefined) return;
      const holder = await settled(store.index('key').getKey(entry.key));
      await settled(
        store.put(holder === undefined || holder === entry.order ? storedEntry(entry) : { ...secondRow(entry), order: entry.order }),
      );
    });
  }

  remove(entries: readonly OutboxEntry[]): Promise<void> {
    return this.#store.write(async (store) => {
      for (const { order } of entries) await settled(store.delete(order));
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

/** The outbox on disk, and in memory for entries that the disk refuses (private mode, full quota). */
class ResilientStore implements OutboxStore {
  readonly #effects: Effects;
  readonly #disk: Disk;
  /** By `order`. */
  readonly #memory = new Map<number, OutboxEntry>();
  /** Updates that the disk refused, by `order`: the stored entries are older. */
  readonly #newer = new Map<number, OutboxEntry>();
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
    // While memory holds entries, newer ones must queue behind them.
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
    if ([...this.#memory.values()].some((kept) => entryId(kept) === entryId(entry))) return;
    this.#memory.set(this.#nextOrder, { ...entry, order: this.#nextOrder });
    this.#nextOrder += 1;
  }

  async update(entry: OutboxEntry): Promise<void> {
    if (this.#memory.has(entry.order)) {
      this.#memory.set(entry.order, entry);
      return;
    }
    this.#newer.set(entry.order, entry);
    await this.#attempt(async () => {
      await this.#disk.update(entry);
      this.#newer.delete(entry.order);
    });
  }

  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    const onDisk = entries.filter(({ order }) => !this.#memory.delete(order));
    if (onDisk.length > 0) await this.#attempt(() => this.#disk.remove(onDisk));
  }

  async list(owner: string): Promise<OutboxEntry[]> {
    let stored: OutboxEntry[] = [];
    await this.#attempt(async () => {
      stored = await this.#disk.list(owner);
      this.#diskWorks = true;
    });
    const kept = [...this.#memory.values()].filter((entry) => entry.owner === owner);
    const listed = stored.map((entry) => this.#newer.get(entry.order) ?? entry);
    return [...listed, ...kept].toSorted((a, b) => a.order - b.order);
  }

  close(): void {
    this.#disk.close();
  }

  /** Runs work whose failure loses nothing: an entry that stays on disk is sent again and answered as a duplicate. */
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
