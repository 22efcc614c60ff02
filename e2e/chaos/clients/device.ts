import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';

import type { Effects } from '@switchboard/client';
import { createTab, FakeBrowser, MemoryStore, type FakeTab } from '@switchboard/client/testing';
import { io } from 'socket.io-client';

import { conversationOf, type Attempt, type Ledger, type SideKey } from '../history/ledger.ts';
import type { Random } from '../random.ts';

/** The steps of a tab while it saves a message, at which a test can interrupt it. */
export type SaveStep = 'before the request' | 'request sent' | 'answer arrived';
/** Called at every step; its promise is awaited. A tab that is killed meanwhile does not continue. */
export type SaveWatch = (step: SaveStep, texts: readonly string[]) => Promise<void> | void;

export interface DeviceOptions {
  readonly name: string;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly web: string;
  /** An operator's session at first. */
  readonly cookie?: string;
  /** The error of its clock in milliseconds. */
  readonly clockError?: number;
  /** The conversation whose texts may reach it; undefined: all conversations. */
  readonly confinedTo?: string;
  /** Whether it has Web Locks; without them every tab sends. */
  readonly locks?: boolean;
}

interface SaveBody {
  readonly messages: readonly (Partial<SideKey> & { readonly messageKey: string; readonly text?: string })[];
}

/** Connects while there is a network, and fails immediately while there is none. */
class NetworkAgent extends Agent {
  readonly #isThere: () => boolean;

  constructor(isThere: () => boolean) {
    super();
    this.#isThere = isThere;
  }

  override createConnection(...[options, done]: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    // Nothing listens on port 1.
    return super.createConnection(this.#isThere() ? options : { ...options, host: '127.0.0.1', port: 1 }, done);
  }
}

/** The error of a request whose outcome stays unknown to its sender. */
function leaveOpen(attempt: Attempt): void {
  if (attempt.outcome !== 'open') return;
  attempt.outcome = 'unknown';
  attempt.until = Date.now();
}

/** Destroys a socket without a closing handshake. */
function destroySocket(socket: ReturnType<Effects['openSocket']>): void {
  socket.io.reconnection(false);
  socket.off();
  const transport = (socket.io.engine as { transport?: { ws?: { terminate?(): void } } } | undefined)?.transport;
  transport?.ws?.terminate?.();
  socket.disconnect();
}

/** A person's browser. Its disk and clock outlive its tabs. */
export class Device {
  readonly name: string;
  readonly storage = new MemoryStore();
  readonly options: DeviceOptions;
  /** Sent with every request: the session of the operator who is signed in in this browser now. */
  cookie: string | undefined;
  onSave: SaveWatch = () => undefined;
  /** Sends every request to save twice at the same time, as after a double click or through a proxy that retries. */
  doublesRequests = false;
  readonly #browser = new FakeBrowser();
  #pace = 1;
  /** A moment of real time, and the time of its clock at that moment. */
  #since = Date.now();
  #saidThen: number;
  #opened = 0;

  constructor(options: DeviceOptions) {
    this.options = options;
    this.name = options.name;
    this.cookie = options.cookie;
    this.#saidThen = this.#since + (options.clockError ?? 0);
  }

  /** How much faster its clock runs than real time, so that an hour of its time takes less. */
  get pace(): number {
    return this.#pace;
  }

  set pace(pace: number) {
    this.#saidThen = this.now();
    this.#since = Date.now();
    this.#pace = pace;
  }

  /** Opens a tab, and returns the effects for its client. */
  open(): Tab {
    this.#opened += 1;
    return new Tab(this, this.#browser, `${this.name}/${this.#opened}`);
  }

  /** Reduces the entries on its disk to the fields that the first build of the client wrote. */
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
    // One listener for every request in progress.
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

  /** Simulates a killed process: requests are aborted, the connection breaks, and its code does not continue. */
  kill(): void {
    if (!this.isAlive()) return;
    this.effects.kill();
    this.#life.abort();
    for (const attempt of this.#attempts) leaveOpen(attempt);
    for (const socket of this.sockets) destroySocket(socket);
  }

  /** Disconnects or reconnects the network; the browser notices both. */
  setOnline(online: boolean): void {
    this.#offline = !online;
    if (!online) this.cutSockets();
    this.effects.setOnline(online);
  }

  /** Breaks its connection to the relay, as a router does that forgets the connection. */
  cutSockets(): void {
    for (const socket of this.sockets) this.#webSocketOf(socket)?.terminate();
  }

  /** Stops or resumes reading from the relay. While it is stopped, data fills the buffers on the way. */
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
    const socket: ReturnType<Effects['openSocket']> = io(url, { ...options, ...more, forceNew: true });
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
      // If the tab was killed meanwhile, nothing waits for the answer any more.
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

  /** Who a request acts for: a device with a cookie is an operator's, others are visitors'. */
  #side(): SideKey['senderType'] {
    return this.#device.cookie === undefined ? 'CLIENT' : 'OPERATOR';
  }

  async #reach(step: SaveStep, texts: readonly string[]): Promise<void> {
    await this.#device.onSave(step, texts);
    // The tab was killed at this step and does not continue.
    if (!this.isAlive()) await new Promise(() => undefined);
  }

  #close(attempt: Attempt, status: number, text: string): void {
    attempt.until = Date.now();
    attempt.outcome = status === 200 ? 'ok' : 'refused';
    if (status === 200) attempt.answers = (JSON.parse(text) as { messages: Attempt['answers'] }).messages;
  }

  /** Checks that everything that reaches a visitor's browser, shown or not, belongs to their conversation. */
  #checkForeign(where: string, text: string): void {
    const { confinedTo, ledger } = this.#device.options;
    if (confinedTo === undefined || !this.isAlive()) return;
    for (const [found] of text.matchAll(/#\d+ ‹[\w-]+›/g))
      if (conversationOf(found) !== confinedTo) ledger.violation(`leak: ${this.name} was sent "${found}" in ${where}`);
  }
}
