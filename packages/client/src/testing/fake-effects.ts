import { IDBFactory } from 'fake-indexeddb';
import { Manager } from 'socket.io-client';

import type { Channel, Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { randomUuid } from '../platform/uuid.ts';
import { FakeLocks } from './fake-locks.ts';

/** The state that the tabs of one browser share: storage, locks and channels. */
export class FakeBrowser {
  readonly indexedDB: IDBFactory = new IDBFactory();
  readonly locks = new FakeLocks();
  readonly #channels = new Map<string, Set<(message: unknown) => void>>();

  openChannel(name: string): Channel {
    const members = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, members);
    let own: ((message: unknown) => void) | undefined;
    return {
      postMessage(message) {
        const copy: unknown = structuredClone(message);
        for (const member of members) if (member !== own) setImmediate(() => members.has(member) && member(copy));
      },
      listen(listener) {
        own = listener;
        members.add(listener);
      },
      close() {
        if (own !== undefined) members.delete(own);
      },
    };
  }
}

/** One tab: its effects, and methods with which a test controls it. */
export interface FakeTab extends Effects {
  wake(): void;
  leave(): void;
  /** The person follows a link: the page enters the back/forward cache. */
  hidePage(): void;
  /** The person goes back: the page is restored from the back/forward cache. */
  restorePage(): void;
  setVisible(visible: boolean): void;
  setOnline(online: boolean): void;
  storageChanged(): void;
  /** Acts as if the process was killed: no timer runs, no answer arrives, no request is sent, and locks are released. */
  kill(): void;
  readonly notes: string[];
}

export interface TabOptions {
  readonly browser?: FakeBrowser;
  readonly fetch?: Effects['fetch'];
  readonly random?: () => number;
  readonly overrides?: Partial<Effects>;
}

function fakePage() {
  const wake = createEmitter<void>();
  const offline = createEmitter<void>();
  const leave = createEmitter<void>();
  const hidePage = createEmitter<void>();
  const back = createEmitter<void>();
  const storage = createEmitter<void>();
  let online = true;
  let visible = true;
  return {
    page: {
      origin: 'https://chat.example',
      isOnline: () => online,
      onWake: wake.on,
      onOffline: offline.on,
      onLeave: leave.on,
      onPageHide: hidePage.on,
      onPageRestore: back.on,
      isVisible: () => visible,
      onStorage: storage.on,
    },
    wake: () => wake.emit(),
    leave: () => leave.emit(),
    hidePage() {
      leave.emit();
      hidePage.emit();
    },
    restorePage() {
      back.emit();
      wake.emit();
    },
    setVisible(next: boolean) {
      visible = next;
      (next ? wake : leave).emit();
    },
    storageChanged: () => storage.emit(),
    setOnline(next: boolean) {
      online = next;
      (next ? wake : offline).emit();
    },
  };
}

/** Creates a tab. It uses the global timers (vitest's fake ones if the test uses them). */
export function createTab(options: TabOptions = {}): FakeTab {
  const browser = options.browser ?? new FakeBrowser();
  const fetch: Effects['fetch'] = options.fetch ?? (() => Promise.reject(new TypeError('no server')));
  const { page, ...controls } = fakePage();
  const notes: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const life = new AbortController();
  let blobs = 0;
  return {
    now: () => Date.now(),
    random: options.random ?? (() => Math.random()),
    uuid: randomUuid,
    after(ms, run) {
      if (life.signal.aborted) return () => undefined;
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, ms);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    // A killed tab's requests are never sent and never answered.
    fetch: (path, init) => (life.signal.aborted ? new Promise(() => undefined) : untilKilled(life.signal, fetch(path, init))),
    XMLHttpRequest: undefined,
    indexedDB: browser.indexedDB,
    locks: {
      query: () => Promise.resolve({}),
      request: ((name: string, lock: LockOptions, callback: LockGrantedCallback<unknown>) =>
        browser.locks.request(name, lock, (granted) => Promise.race([callback(granted), killed(life.signal)]))) as LockManager['request'],
    },
    openChannel: (name) => browser.openChannel(name),
    openSocket: (url, socketOptions) => new Manager(url, socketOptions).socket('/', socketOptions),
    objectUrl: () => `blob:fake/${++blobs}`,
    revokeObjectUrl: () => undefined,
    page,
    note: (message) => notes.push(message),
    ...options.overrides,
    ...controls,
    notes,
    kill() {
      life.abort();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function killed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

function untilKilled<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (value) => !signal.aborted && resolve(value),
      (error: unknown) => !signal.aborted && reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
}
