import { io } from 'socket.io-client';
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

/** What the page this runs in tells about itself. Every `on…` returns how to stop. */
export interface Page {
  /** Where it comes from: `https://chat.example.com`; paths of requests are relative to it. */
  readonly origin: string;
  isOnline(): boolean;
  /** The page is looked at again or the network came back: whatever timers were asleep are late. */
  onWake(listener: () => void): () => void;
  onOffline(listener: () => void): () => void;
  /** The page may never run again after this. */
  onLeave(listener: () => void): () => void;
  /** The page is left, and perhaps kept for the way back: until `onReturn` it runs no script, and must hold nothing that others wait for. */
  onPutAway(listener: () => void): () => void;
  /** The page is back as it was left, by the browser's *Back*. */
  onReturn(listener: () => void): () => void;
  /** Whether somebody may be looking at it. */
  isVisible(): boolean;
  /** Another tab changed the key-value store. */
  onStorage(listener: () => void): () => void;
}

/** Everything impure that the client touches; tests and fault runs give their own. */
export interface Effects {
  /** Milliseconds since 1970, by this machine's clock, right or wrong. */
  now(): number;
  /** From 0 to 1, without 1. */
  random(): number;
  uuid(): string;
  /** Runs `run` once after `ms`; returns how to call it off. */
  after(ms: number, run: () => void): () => void;
  /** `path` is relative to this origin. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Undefined where there is none: uploads then show no progress. */
  readonly XMLHttpRequest: (new () => XMLHttpRequest) | undefined;
  readonly indexedDB: IDBFactory | undefined;
  /** Undefined outside secure contexts: then every tab acts alone. */
  readonly locks: LockManager | undefined;
  /** Undefined where there is none. */
  openChannel(name: string): Channel | undefined;
  openSocket(url: string, options: Partial<ManagerOptions & SocketOptions>): RelaySocket;
  /** A `blob:` URL to show a picture with before it is uploaded. */
  objectUrl(blob: Blob): string;
  revokeObjectUrl(url: string): void;
  readonly page: Page;
  /** Something went wrong that is handled, for debug output. */
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
      // Phones kill a hidden page without a `pagehide`.
      const stopPage = listen(page, ['visibilitychange'], () => {
        if (page?.visibilityState === 'hidden') listener();
      });
      return () => {
        stop();
        stopPage();
      };
    },
    onPutAway: (listener) => listen(scope, ['pagehide'], listener),
    onReturn(listener) {
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
  let hear: (message: unknown) => void = () => undefined;
  const open = () => {
    const channel = new BroadcastChannel(name);
    channel.addEventListener('message', (event: MessageEvent<unknown>) => hear(event.data));
    return channel;
  };
  let channel: BroadcastChannel | undefined = open();
  // A page that is put away and hears something is not kept for the way back.
  const page = browserPage();
  const stops = [
    page.onPutAway(() => {
      channel?.close();
      channel = undefined;
    }),
    page.onReturn(() => {
      channel ??= open();
    }),
  ];
  return {
    postMessage(message) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
      channel?.postMessage(message);
    },
    listen(listener) {
      hear = listener;
    },
    close() {
      for (const stop of stops) stop();
      channel?.close();
      channel = undefined;
    },
  };
}

/** A getter that throws (storage blocked by the browser's settings) counts as "not there". */
function present<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The effects of the browser this runs in. */
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
    openSocket: (url, options) => io(url, options),
    objectUrl: (blob) => URL.createObjectURL(blob),
    revokeObjectUrl: (url) => URL.revokeObjectURL(url),
    page: browserPage(),
    note(message, detail) {
      // The one place that writes to the browser's console, and only when NEXT_PUBLIC_DEBUG_SOCKETS asks for it.
      if (debug) globalThis.console.debug(`[switchboard] ${message}`, detail ?? '');
    },
  };
}
