import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';

import type { Effects } from '@switchboard/client';
import { createTab, FakeBrowser, MemoryStore, type FakeTab } from '@switchboard/client/testing';
import { io } from 'socket.io-client';

import { conversationOf, type Attempt, type Ledger, type SideKey } from '../history/ledger.ts';
import type { Random } from '../random.ts';

/** Where a tab is when something may happen to it, on its way to having a message saved. */
export type SaveStep = 'before the request' | 'request sent' | 'answer arrived';
/** Called at every step; its promise is awaited. A tab that is killed meanwhile goes no further. */
export type SaveWatch = (step: SaveStep, texts: readonly string[]) => Promise<void> | void;

export interface DeviceOptions {
  readonly name: string;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly web: string;
  /** An operator's session, to begin with. */
  readonly cookie?: string;
  /** Milliseconds that its clock is wrong. */
  readonly clockError?: number;
  /** Whose texts may reach it; undefined: everybody's. */
  readonly confinedTo?: string;
  /** false: a browser without Web Locks, where every tab sends. */
  readonly locks?: boolean;
}

interface SaveBody {
  readonly messages: readonly (Partial<SideKey> & { readonly messageKey: string; readonly text?: string })[];
}

/** Connects as long as there is a network, and fails at once while there is none. */
class NetworkAgent extends Agent {
  readonly #isThere: () => boolean;

  constructor(isThere: () => boolean) {
    super();
    this.#isThere = isThere;
  }

  override createConnection(...[options, done]: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    // Nobody listens on port 1.
    return super.createConnection(this.#isThere() ? options : { ...options, host: '127.0.0.1', port: 1 }, done);
  }
}

/** Its sender will never hear how it ended. */
function leaveOpen(attempt: Attempt): void {
  if (attempt.outcome !== 'open') return;
  attempt.outcome = 'unknown';
  attempt.until = Date.now();
}

/** A killed socket, without a good-bye to anybody. */
function destroySocket(socket: ReturnType<Effects['openSocket']>): void {
  socket.io.reconnection(false);
  socket.off();
  const transport = (socket.io.engine as { transport?: { ws?: { terminate?(): void } } } | undefined)?.transport;
  transport?.ws?.terminate?.();
  socket.disconnect();
}

/** A person's browser: its disk and clock outlive its tabs. */
export class Device {
  readonly name: string;
  readonly storage = new MemoryStore();
  readonly options: DeviceOptions;
  /** Sent with every request: the session of whoever is signed in in this browser now. */
  cookie: string | undefined;
  onSave: SaveWatch = () => undefined;
  /** Every request to save goes out twice at the same moment, as after a double click or by a proxy that retries. */
  doublesRequests = false;
  readonly #browser = new FakeBrowser();
  #pace = 1;
  /** A moment of our time, and what its clock said then. */
  #since = Date.now();
  #saidThen: number;
  #opened = 0;

  constructor(options: DeviceOptions) {
    this.options = options;
    this.name = options.name;
    this.cookie = options.cookie;
    this.#saidThen = this.#since + (options.clockError ?? 0);
  }

  /** How much faster its clock runs than ours: an hour of its time need not take one of ours. */
  get pace(): number {
    return this.#pace;
  }

  set pace(pace: number) {
    this.#saidThen = this.now();
    this.#since = Date.now();
    this.#pace = pace;
  }

  /** Opens a tab: the effects for a client. */
  open(): Tab {
    this.#opened += 1;
    return new Tab(this, this.#browser, `${this.name}/${this.#opened}`);
  }

  /** Makes what waits on its disk look as the first build of all left it: with what an entry can't do without, and nothing else. */
  async ageOutbox(): Promise<number> {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = this.#browser.indexedDB.open('switchboard-outbox', 1);
      opening.addEventListener('success', () => resolve(opening.result));
    });
    const store = database.transaction('entries', 'readwrite').objectStore('entries');
    const stored = await new Promise<Record<string, unknown>[]>((resolve) => {
      const reading = store.getAll();
      reading.addEventListener('success', () => resolve(reading.result as Record<string, unknown>[]));
    });
    for (const { order, key, owner, clientId, text, createdAt } of stored) store.put({ order, key, owner, clientId, text, createdAt });
    await new Promise((resolve) => store.transaction.addEventListener('complete', resolve));
    database.close();
    return stored.length;
  }

  now(): number {
    return Math.round(this.#saidThen + (Date.now() - this.#since) * this.#pace);
  }
}

/** One tab of a device, with a real network. */
export class Tab {
  readonly name: string;
  readonly effects: FakeTab;
  readonly sockets: ReturnType<Effects['openSocket']>[] = [];
  readonly #device: Device;
  readonly #life = new AbortController();
  readonly #attempts: Attempt[] = [];
  #offline = false;

  constructor(device: Device, browser: FakeBrowser, name: string) {
    this.name = name;
    // One for every request under way.
    setMaxListeners(0, this.#life.signal);
    this.#device = device;
    const { locks, random } = device.options;
    const fork = random.fork(name);
    this.effects = createTab({
      browser,
      random: fork,
      fetch: (path, init) => this.#fetch(path, init),
      overrides: {
        now: () => device.now(),
        openSocket: (url, options) => this.#openSocket(url, options),
        ...(locks === false ? { locks: undefined } : {}),
      },
    });
    const after = this.effects.after.bind(this.effects);
    Object.assign(this.effects, { after: (ms: number, run: () => void) => after(ms / device.pace, run) });
  }

  isAlive(): boolean {
    return !this.#life.signal.aborted;
  }

  /** As if the process had been killed: requests break off, the line breaks, no line of its code runs again. */
  kill(): void {
    if (!this.isAlive()) return;
    this.effects.kill();
    this.#life.abort();
    for (const attempt of this.#attempts) leaveOpen(attempt);
    for (const socket of this.sockets) destroySocket(socket);
  }

  /** Takes the network away, or gives it back; the browser notices both. */
  setOnline(online: boolean): void {
    this.#offline = !online;
    if (!online) this.cutSockets();
    this.effects.setOnline(online);
  }

  /** Breaks its line to the relay, as a router does that forgets it. */
  cutSockets(): void {
    for (const socket of this.sockets) this.#webSocketOf(socket)?.terminate();
  }

  /** Stops reading from the relay, or goes on: what comes fills the buffers on the way. */
  setReading(reading: boolean): void {
    for (const socket of this.sockets) {
      const wire = this.#webSocketOf(socket)?._socket;
      if (reading) wire?.resume();
      else wire?.pause();
    }
  }

  #webSocketOf(
    socket: ReturnType<Effects['openSocket']>,
  ): { terminate(): void; readonly _socket?: { pause(): void; resume(): void } } | undefined {
    return (socket.io.engine as { transport?: { ws?: { terminate(): void; _socket?: { pause(): void; resume(): void } } } } | undefined)
      ?.transport?.ws;
  }

  #openSocket(url: string, options: Parameters<Effects['openSocket']>[1]): ReturnType<Effects['openSocket']> {
    const agent = new NetworkAgent(() => !this.#offline && this.isAlive());
    const more = { extraHeaders: { origin: this.#device.options.web }, agent: agent as unknown as string };
    const socket: ReturnType<Effects['openSocket']> = io(url, { ...options, ...more });
    socket.onAny((event: string, payload: unknown) => this.#checkForeign(`event ${event}`, JSON.stringify(payload) ?? ''));
    this.sockets.push(socket);
    return socket;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    if (this.#offline) throw new TypeError('Failed to fetch: offline');
    const { web, ledger } = this.#device.options;
    const { cookie } = this.#device;
    const isSave = init.method === 'POST' && path === '/api/chat/messages';
    const body = isSave && typeof init.body === 'string' ? (JSON.parse(init.body) as SaveBody) : undefined;
    const texts = body?.messages.map((message) => message.text ?? '') ?? [];
    if (body !== undefined) await this.#reach('before the request', texts);
    const attempt =
      body === undefined
        ? undefined
        : ledger.attempt(
            this.#device.name,
            body.messages.map(({ messageKey, senderType, text = '' }) => ({ messageKey, senderType: senderType ?? this.#side(), text })),
          );
    if (attempt !== undefined) this.#attempts.push(attempt);
    const headers = new Headers(init.headers);
    headers.set('origin', web);
    if (cookie !== undefined) headers.set('cookie', cookie);
    const askedAt = Date.now();
    const signal = AbortSignal.any([this.#life.signal, ...(init.signal ? [init.signal] : [])]);
    try {
      const request = { ...init, headers, signal, cache: 'default' } as const;
      if (body !== undefined && this.#device.doublesRequests) void fetch(web + path, request).catch(() => undefined);
      const asked = fetch(web + path, request);
      // Of a tab that is killed meanwhile nobody waits for it any more.
      asked.catch(() => undefined);
      if (body !== undefined) await this.#reach('request sent', texts);
      const response = await asked;
      const text = await response.text();
      ledger.answered(`${init.method ?? 'GET'} ${path.split('?', 1)[0]}`, askedAt);
      this.#checkForeign(path, text);
      if (attempt !== undefined) this.#close(attempt, response.status, text);
      if (body !== undefined) await this.#reach('answer arrived', texts);
      return new Response([204, 304].includes(response.status) ? null : text, response);
    } catch (error) {
      if (attempt !== undefined) leaveOpen(attempt);
      throw error;
    }
  }

  /** A visitor saves for themselves; whoever has a cookie is an operator. */
  #side(): SideKey['senderType'] {
    return this.#device.cookie === undefined ? 'CLIENT' : 'OPERATOR';
  }

  async #reach(step: SaveStep, texts: readonly string[]): Promise<void> {
    await this.#device.onSave(step, texts);
    // Killed at this point: nothing of this goes on.
    if (!this.isAlive()) await new Promise(() => undefined);
  }

  #close(attempt: Attempt, status: number, text: string): void {
    attempt.until = Date.now();
    attempt.outcome = status === 200 ? 'ok' : 'refused';
    if (status === 200) attempt.answers = (JSON.parse(text) as { messages: Attempt['answers'] }).messages;
  }

  /** Whatever reaches a visitor's browser, shown or not, must be of its own conversation. */
  #checkForeign(where: string, text: string): void {
    const { confinedTo, ledger } = this.#device.options;
    if (confinedTo === undefined || !this.isAlive()) return;
    for (const [found] of text.matchAll(/#\d+ ‹[\w-]+›/g))
      if (conversationOf(found) !== confinedTo) ledger.violation(`leak: ${this.name} was sent "${found}" in ${where}`);
  }
}
