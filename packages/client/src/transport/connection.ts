import type { Acknowledgement, PeerInputs, RelayPayloads } from '@switchboard/protocol/types';

import { isSignedOut } from '../model/errors.ts';
import type { ConnectionState, RelayAddress } from '../model/types.ts';
import type { Effects, RelaySocket } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { DelayedFlag } from '../platform/delayed-flag.ts';
import { RetryDelay } from '../platform/retry-delay.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { withOriginalTexts } from './original-texts.ts';
import { FIRST_ATTEMPT, TransportSelector } from './transport-selector.ts';

/** Milliseconds to wait for the relay's acknowledgement. */
const ACK_TIMEOUT_MS = 5_000;
/** The same for the question whether it is still there. */
const CHECK_MS = 3_000;
/** Milliseconds without a live connection after which people are told in words: one that was lost, and one that there never was. */
const LOST_MS = 2_000;
const NEVER_MS = 5_000;
/** Milliseconds before each attempt after the relay has refused one, besides the backoff. */
const PAUSE_MS = 500;

/** What is done on each event of the relay; null for those that this side is never sent. An event without a case does not compile. */
export type RelayHandlers = { readonly [E in keyof RelayPayloads]: ((payload: RelayPayloads[E]) => void) | null };
/** The events whose loss matters little and which are worthless when late. */
type SignalName = 'clientTyping' | 'operatorTyping';
type MessageName = 'clientMessage' | 'operatorMessage' | 'chatEnded';

export interface ConnectionOptions {
  readonly relay: RelayAddress;
  /** A token for the next connection; `refused` when the relay did not take the last one. Rejects with `unauthenticated` when there is none to be had. */
  token(refused: boolean): Promise<string>;
  join(): PeerInputs['join'];
  /** Registered once, for the life of the connection. */
  readonly handlers: RelayHandlers;
}

/** One socket to the relay, for as long as it is wanted: connects, joins, and does so again whenever the line breaks. */
export class Connection {
  readonly #effects: Effects;
  readonly #clock: ServerClock;
  readonly #options: ConnectionOptions;
  readonly #socket: RelaySocket;
  readonly #stateChanged = createEmitter<ConnectionState>();
  readonly #joinedEmitter = createEmitter<void>();
  readonly #stopPage: readonly (() => void)[];
  #joined = false;
  #everJoined = false;
  #refused = false;
  #closed = false;
  #suspended = false;
  /** Between two attempts, rather than in the middle of one. */
  #waiting = false;
  readonly #delay: RetryDelay;
  readonly #transports: TransportSelector;
  /** The relay has been asked whether it is still there. */
  #checking = false;
  readonly #noConnection: DelayedFlag;
  #reported: ConnectionState = 'connecting';

  constructor(effects: Effects, clock: ServerClock, options: ConnectionOptions) {
    this.#effects = effects;
    this.#noConnection = new DelayedFlag(effects, () => this.#stateChanged.emit(this.state()));
    this.#delay = new RetryDelay(effects, { pauseMs: PAUSE_MS });
    this.#clock = clock;
    this.#options = options;
    this.#socket = effects.openSocket(options.relay.url, {
      path: options.relay.path,
      ...FIRST_ATTEMPT,
      autoConnect: false,
      forceNew: true,
      // From 0.2 to 1.8 s the first time, one second on average: a relay that dies with a thousand peers gets them back spread out, and one person is
      // not kept waiting. Never more than 5 s, so that soon after the relay is back everybody is.
      reconnectionDelay: 1_000,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.8,
      auth: (give) => void this.#authenticate(give),
    });
    this.#transports = new TransportSelector(this.#socket.io);
    this.#register();
    this.#stopPage = [effects.page.onWake(() => this.#wake()), effects.page.onOffline(() => void this.#check())];
    this.#watch();
    this.#socket.connect();
  }

  state(): ConnectionState {
    if (this.#isUp()) return this.#checking ? 'checking' : 'connected';
    if (!this.#effects.page.isOnline()) return 'offline';
    return this.#everJoined ? 'reconnecting' : 'connecting';
  }

  /** Whether there has been no live connection for so long that people should be told. */
  noLiveConnection(): boolean {
    return this.#noConnection.isSet();
  }

  /** Told of each new state, and when `noLiveConnection` changes. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#stateChanged.on(listener);
  }

  /** Told after each join that the relay has acknowledged: from here on nothing new is missed, so fetch what came before. */
  onJoined(listener: () => void): () => void {
    return this.#joinedEmitter.on(listener);
  }

  /** Sends now or never: null when there is no line or no answer in time (the save leg delivers it then). */
  async send<E extends MessageName>(event: E, payload: PeerInputs[E]): Promise<Acknowledgement | null> {
    if (!this.#isUp()) return null;
    return await this.#request(event, payload);
  }

  /** Sends a signal that nobody misses when it is lost. */
  signal<E extends SignalName>(event: E, payload: PeerInputs[E]): void {
    if (!this.#isUp()) return;
    // Two names, two payload types: spelt out, since the emitter's typing can't follow the union.
    const socket: { emit(event: string, payload: unknown): unknown } = this.#socket.volatile;
    socket.emit(event, payload);
  }

  /** Hangs up, and stays so until `resume`. */
  suspend(): void {
    this.#suspended = true;
    this.#delay.cancel();
    this.#socket.disconnect();
    this.#report();
  }

  /** Connects again after `suspend`. */
  resume(): void {
    if (!this.#suspended || this.#closed) return;
    this.#suspended = false;
    this.#watch();
    this.#socket.connect();
  }

  close(): void {
    this.#closed = true;
    this.#delay.cancel();
    this.#noConnection.clear();
    for (const stop of this.#stopPage) stop();
    this.#socket.disconnect();
    this.#socket.off();
  }

  #register(): void {
    const socket = this.#socket;
    socket.io.on('reconnect_attempt', () => {
      this.#waiting = false;
    });
    socket.on('connect', () => void this.#join());
    socket.on('disconnect', (reason) => {
      if (!this.#joined && reason !== 'io client disconnect') this.#transports.noteTimeout();
      this.#joined = false;
      this.#waiting = true;
      this.#report();
      // The relay hung up, or we did to start afresh: the library does not come back by itself then.
      if (reason === 'io server disconnect') this.#retryLater();
    });
    socket.on('connect_error', (error) => {
      this.#effects.note('relay: no connection', error);
      this.#waiting = true;
      if (error.message === 'timeout') this.#transports.noteTimeout();
      this.#report();
      // Refused by the relay itself (not a broken line, which the library retries).
      if (!socket.active) {
        this.#refused = error.message === 'Invalid token';
        this.#retryLater();
      }
    });
    // By their names alone: what they say is nobody's business.
    socket.onAny((event: string) => this.#effects.note(`relay: received ${event}`));
    socket.onAnyOutgoing((event: string) => this.#effects.note(`relay: sent ${event}`));
    const on = socket.on.bind(socket) as (event: string, handler: (payload: never) => void) => unknown;
    for (const [event, handler] of Object.entries(this.#options.handlers))
      if (handler !== null) on(event, (payload) => handler(withOriginalTexts(payload)));
  }

  async #authenticate(give: (data: object) => void): Promise<void> {
    try {
      const token = await this.#options.token(this.#refused);
      this.#refused = false;
      give({ token });
    } catch (error) {
      this.#effects.note('relay: no token', error);
      this.#socket.disconnect();
      this.#report();
      // Signed out: connecting again is for whoever signs in again.
      if (!isSignedOut(error)) this.#retryLater(error);
    }
  }

  async #join(): Promise<void> {
    const answer = await this.#request('join', this.#options.join());
    if (this.#closed || !this.#socket.connected) return;
    if (answer?.ok !== true) {
      this.#effects.note('relay: join refused', answer);
      this.#refused = answer?.ok === false && answer.error.code === 'unauthenticated';
      if (answer === null) this.#transports.noteTimeout();
      this.#socket.disconnect();
      this.#retryLater();
      return;
    }
    this.#joined = true;
    this.#everJoined = true;
    this.#delay.reset();
    this.#transports.noteSuccess();
    this.#report();
    this.#joinedEmitter.emit();
  }

  /** The answer to an event, null when none comes in time. Each tells the server's time to the millisecond, the first (to `join`) before anything is sent. */
  async #request(event: MessageName | 'join' | 'check', payload: unknown, patience = ACK_TIMEOUT_MS): Promise<Acknowledgement | null> {
    const socket: { emitWithAck(event: string, payload: unknown): Promise<unknown> } = this.#socket.timeout(patience);
    const sentAt = this.#effects.now();
    try {
      // The relay is ours and its acknowledgements are typed by the protocol.
      const answer = (await socket.emitWithAck(event, payload)) as Acknowledgement;
      if (answer.ok) this.#clock.observe(Date.parse(answer.timestamp), sentAt, this.#effects.now(), 0);
      return answer;
    } catch (error) {
      this.#effects.note(`relay: no acknowledgement of ${event}`, error);
      return null;
    }
  }

  #retryLater(error?: unknown): void {
    if (this.#closed || this.#suspended || this.#delay.isWaiting()) return;
    this.#delay.start(error, () => {
      this.#waiting = false;
      this.#socket.connect();
    });
    this.#waiting = true;
  }

  /** The person or the network is back: do not sit out the rest of a long wait. */
  #wake(): void {
    this.#report();
    if (this.#closed || this.#suspended || this.#socket.connected || !this.#waiting || !this.#effects.page.isOnline()) return;
    if (!this.#delay.end()) return;
    this.#waiting = false;
    this.#socket.disconnect().connect();
  }

  /** The browser says that the network is gone, which may be so or not: the relay is asked, because its next heartbeat would be missed much later. */
  async #check(): Promise<void> {
    if (!this.#isUp()) return this.#report();
    if (this.#checking) return;
    this.#checking = true;
    this.#report();
    // A relay that does not know the question refuses it, which is an answer, too.
    const isThere = (await this.#request('check', null, CHECK_MS)) !== null;
    this.#checking = false;
    if (!isThere && !this.#closed && this.#isUp()) {
      this.#socket.disconnect().connect();
      this.#waiting = false;
    }
    this.#report();
  }

  #isUp(): boolean {
    return this.#joined && this.#socket.connected;
  }

  /** Keeps `noLiveConnection` true to the state. */
  #watch(): void {
    if (this.#isUp() || this.#suspended || this.#closed) this.#noConnection.clear();
    else this.#noConnection.setAfter(this.state() === 'connecting' ? NEVER_MS : LOST_MS);
  }

  #report(): void {
    this.#watch();
    const state = this.state();
    if (state === this.#reported) return;
    this.#reported = state;
    this.#effects.note(`relay: ${state}`);
    this.#stateChanged.emit(state);
  }
}
