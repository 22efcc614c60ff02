import { Manager } from 'socket.io-client';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';

import type { PeerEventMap, RelayEventMap } from '@switchboard/protocol/types';

import { randomUuid } from './uuid.ts';

export type RelaySocket = Socket<RelayEventMap, PeerEventMap>;

/** The parts of `BroadcastChannel` that are used. */
export interface Channel {
  postMessage(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  close(): void;
}

/** The page that this code runs in. Every `on…` returns a function that unsubscribes. */
export interface Page {
  /** Its origin, such as `https://chat.example.com`; paths of requests are relative to it. */
  readonly origin: string;
  isOnline(): boolean;
  /** The page became visible or got the focus, or the network is back: timers may have been suspended meanwhile. */
  onWake(listener: () => void): () => void;
  onOffline(listener: () => void): () => void;
  /** The page is being left and may never run again. */
  onLeave(listener: () => void): () => void;
  /** The page is left and may enter the back/forward cache: it runs no script until `onPageRestore`, and must not hold anything that other pages wait for. */
  onPageHide(listener: () => void): () => void;
  /** The page was restored from the back/forward cache. */
  onPageRestore(listener: () => void): () => void;
  /** Whether the page is visible. */
  isVisible(): boolean;
  /** Another tab changed the key-value store. */
  onStorage(listener: () => void): () => void;
}

/** Every side effect of the client; tests and chaos runs provide their own. */
export interface Effects {
  /** Milliseconds since 1970 by this machine's clock, which may be wrong. */
  now(): number;
  /** A random number from 0 up to but not including 1. */
  random(): number;
  uuid(): string;
  /** Runs `run` once after `ms` milliseconds; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
  /** `path` is relative to this origin. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Undefined if missing: uploads then show no progress. */
  readonly XMLHttpRequest: (new () => XMLHttpRequest) | undefined;
  readonly indexedDB: IDBFactory | undefined;
  /** Undefined outside secure contexts: every tab then sends on its own. */
  readonly locks: LockManager | undefined;
  /** Undefined if the browser has no `BroadcastChannel`. */
  openChannel(name: string): Channel | undefined;
  /** Creates a socket with a connection of its own. */
  openSocket(url: string, options: Partial<ManagerOptions & SocketOptions>): RelaySocket;
  /** A `blob:` URL that shows a picture before it is uploaded. */
  objectUrl(blob: Blob): string;
  revokeObjectUrl(url: string): void;
  readonly page: Page;
  /** Writes a handled failure to the debug output. */
  note(message: string, detail?: unknown): void;
}

function listen(target: EventTarget | undefined, names: readonly string[], listener: () => void): () => void {
  for (const name of names) target?.addEventListener(name, listener);
  return () => {
    for (const name of names) target?.removeEventListener(name, listener);
  };
}

function browserPage(): Page {
  const scope = typeof window === 'undefined' ? undefined : window;
  const page = typeof document === 'undefined' ? undefined : document;
  return {
    origin: scope?.location.origin ?? '',
    isOnline: () => typeof navigator === 'undefined' || navigator.onLine,
    onWake(listener) {
      const stop = listen(scope, ['online', 'pageshow', 'focus'], listener);
      const stopPage = listen(page, ['visibilitychange'], () => {
        if (page?.visibilityState === 'visible') listener();
      });
      return () => {
        stop();
        stopPage();
      };
    },
    onOffline: (listener) => listen(scope, ['offline'], listener),
    onLeave(listener) {
      const stop = listen(scope, ['pagehide'], listener);
      // Mobile browsers may kill a hidden page without a `pagehide` event.
      const stopPage = listen(page, ['visibilitychange'], () => {
        if (page?.visibilityState === 'hidden') listener();
      });
      return () => {
        stop();
        stopPage();
      };
    },
    onPageHide: (listener) => listen(scope, ['pagehide'], listener),
    onPageRestore(listener) {
      const show = (event: PageTransitionEvent) => (event.persisted ? listener() : undefined);
      scope?.addEventListener('pageshow', show);
      return () => scope?.removeEventListener('pageshow', show);
    },
    isVisible: () => page?.visibilityState !== 'hidden',
    onStorage: (listener) => listen(scope, ['storage'], listener),
  };
}

function openBrowserChannel(name: string): Channel | undefined {
  if (typeof BroadcastChannel === 'undefined') return undefined;
  let receive: (message: unknown) => void = () => undefined;
  const open = () => {
    const channel = new BroadcastChannel(name);
    channel.addEventListener('message', (event: MessageEvent<unknown>) => receive(event.data));
    return channel;
  };
  let channel: BroadcastChannel | undefined = open();
  // Browsers evict a page from the back/forward cache when it receives a message.
  const page = browserPage();
  const stops = [
    page.onPageHide(() => {
      channel?.close();
      channel = undefined;
    }),
    page.onPageRestore(() => {
      channel ??= open();
    }),
  ];
  return {
    postMessage(message) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
      channel?.postMessage(message);
    },
    listen(listener) {
      receive = listener;
    },
    close() {
      for (const stop of stops) stop();
      channel?.close();
      channel = undefined;
    },
  };
}

/** Treats a getter that throws (storage blocked by the browser's settings) as missing. */
function present<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The effects of the current browser. */
export function browserEffects(debug = false): Effects {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    uuid: randomUuid,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    fetch: (path, init) => fetch(path, init),
    XMLHttpRequest: typeof XMLHttpRequest === 'undefined' ? undefined : XMLHttpRequest,
    indexedDB: present(() => globalThis.indexedDB),
    locks: present(() => globalThis.navigator?.locks),
    openChannel: openBrowserChannel,
    openSocket: (url, options) => new Manager(url, options).socket('/', options),
    objectUrl: (blob) => URL.createObjectURL(blob),
    revokeObjectUrl: (url) => URL.revokeObjectURL(url),
    page: browserPage(),
    note(message, detail) {
      // The only place that writes to the browser's console, and only if NEXT_PUBLIC_DEBUG_SOCKETS is set.
      if (debug) globalThis.console.debug(`[switchboard] ${message}`, detail ?? '');
    },
  };
}
