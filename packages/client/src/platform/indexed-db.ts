import type { Effects } from './effects.ts';

/** Milliseconds after which an IndexedDB that does not respond counts as missing: some browsers never answer `open`. */
const OPEN_TIMEOUT_MS = 3_000;

/** The result of a request. @throws the request's error */
export function settled<T>(request: IDBRequest<T>): Promise<T> {
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

function openNow(effects: Effects, factory: IDBFactory, name: string, create: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const cancel = effects.after(OPEN_TIMEOUT_MS, () => reject(new Error('IndexedDB does not respond')));
    const request = factory.open(name, 1);
    request.addEventListener('upgradeneeded', () => create(request.result));
    request.addEventListener('error', () => {
      cancel();
      reject(request.error ?? new Error('IndexedDB refused to open'));
    });
    request.addEventListener('success', () => {
      cancel();
      resolve(request.result);
    });
  });
}

/** One object store of one IndexedDB database, opened at the first use. Every method rejects when IndexedDB does. */
export class DiskStore {
  readonly #effects: Effects;
  readonly #name: string;
  readonly #store: string;
  readonly #create: (database: IDBDatabase) => void;
  readonly #stopPage: () => void;
  #opening: Promise<IDBDatabase> | undefined;
  /** Number of reads and writes in progress. */
  #using = 0;

  constructor(
    effects: Effects,
    where: { readonly database: string; readonly store: string; readonly create: (database: IDBDatabase) => void },
  ) {
    this.#effects = effects;
    this.#name = where.database;
    this.#store = where.store;
    this.#create = where.create;
    // An open database can keep the host page out of the back/forward cache. The next use opens it again.
    this.#stopPage = effects.page.onPageHide(() => {
      if (this.#using === 0) this.#release();
    });
  }

  async #open(): Promise<IDBDatabase> {
    const factory = this.#effects.indexedDB;
    if (factory === undefined) throw new Error('IndexedDB is missing');
    this.#opening ??= openNow(this.#effects, factory, this.#name, this.#create).then((database) => {
      // Closed by the browser: the user cleared the data, or a newer build upgrades the database. The next use opens it again.
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

  async read<T>(work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return await this.#use(async (database) => await settled(work(database.transaction(this.#store).objectStore(this.#store))));
  }

  /** Resolves when the change is on the disk. */
  async write(change: (store: IDBObjectStore) => Promise<void>): Promise<void> {
    await this.#use(async (database) => {
      const transaction = database.transaction(this.#store, 'readwrite', { durability: 'strict' });
      const done = committed(transaction);
      await Promise.all([change(transaction.objectStore(this.#store)), done]);
    });
  }

  close(): void {
    this.#stopPage();
    this.#release();
  }

  async #use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    this.#using += 1;
    try {
      return await work(await this.#open());
    } finally {
      this.#using -= 1;
    }
  }

  #release(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    opening?.then(
      (database) => database.close(),
      (error: unknown) => this.#effects.note(`${this.#name}: nothing to close`, error),
    );
  }
}
