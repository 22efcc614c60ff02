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
/** Milliseconds to wait for the answer to a connection check. */
const CHECK_MS = 3_000;
/** Milliseconds without a live connection after which the screen says so: after a connection was lost, and before the first one. */
const LOST_MS = 2_000;
const NEVER_MS = 5_000;
/** Milliseconds added to the backoff before each attempt after a refusal by the relay. */
const PAUSE_MS = 500;

/** A handler for each relay event; null for events that this side never receives. A missing event does not compile. */
export type RelayHandlers = { readonly [E in keyof RelayPayloads]: ((payload: RelayPayloads[E]) => void) | null };
/** Events that may be lost and are useless when they arrive late. */
type SignalName = 'clientTyping' | 'operatorTyping';
type MessageName = 'clientMessage' | 'operatorMessage' | 'chatEnded';

export interface ConnectionOptions {
  readonly relay: RelayAddress;
  /** A token for the next connection; `refused`: the relay refused the last one. Rejects with `unauthenticated` when no token is available. */
  token(refused: boolean): Promise<string>;
  join(): PeerInputs['join'];
  /** Registered once, for all reconnects. */
  readonly handlers: RelayHandlers;
}

/** A socket to the relay that connects and joins, and reconnects after every interruption until `close`. */
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
  /** Whether it waits between two attempts, rather than being in the middle of one. */
  #waiting = false;
  readonly #delay: RetryDelay;
  readonly #transports: TransportSelector;
  /** Whether a connection check is in progress. */
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
      // The first delay is 0.2 to 1.8 s, one second on average: after a crash of the relay its clients return spread out, and nobody waits long. Never more
      // than 5 s, so that all clients are connected soon after the relay is back.
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

  /** Whether there has been no live connection for so long that the screen should say so. */
  noLiveConnection(): boolean {
    return this.#noConnection.isSet();
  }

  /** Notifies of each new state, and of changes of `noLiveConnection`. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#stateChanged.on(listener);
  }

  /** Notifies of each acknowledged join: no event is missed from now on, so earlier messages can be fetched. */
  onJoined(listener: () => void): () => void {
    return this.#joinedEmitter.on(listener);
  }

  /** Sends at once or not at all: null without a connection or without an answer in time (the message is delivered when it is saved). */
  async send<E extends MessageName>(event: E, payload: PeerInputs[E]): Promise<Acknowledgement | null> {
    if (!this.#isUp()) return null;
    return await this.#request(event, payload);
  }

  /** Sends a signal that may be lost. */
  signal<E extends SignalName>(event: E, payload: PeerInputs[E]): void {
    if (!this.#isUp()) return;
    // The emitter's types can't follow the union of two names and two payload types.
    const socket: { emit(event: string, payload: unknown): unknown } = this.#socket.volatile;
    socket.emit(event, payload);
  }

  /** Disconnects until `resume`. */
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
      // After a disconnect by the relay the library does not reconnect.
      if (reason === 'io server disconnect') this.#retryLater();
    });
    socket.on('connect_error', (error) => {
      this.#effects.note('relay: no connection', error);
      this.#waiting = true;
      if (error.message === 'timeout') this.#transports.noteTimeout();
      this.#report();
      // Refused by the relay. The library retries only lost connections.
      if (!socket.active) {
        this.#refused = error.message === 'Invalid token';
        this.#retryLater();
      }
    });
    // Only the names: the debug output must not contain messages.
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
      // Signed out: signing in again connects again.
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

  /** The answer to an event, null without an answer in time. Each answer has the server's time in milliseconds; the answer to `join` comes before any message. */
  async #request(event: MessageName | 'join' | 'check', payload: unknown, timeoutMs = ACK_TIMEOUT_MS): Promise<Acknowledgement | null> {
    const socket: { emitWithAck(event: string, payload: unknown): Promise<unknown> } = this.#socket.timeout(timeoutMs);
    const sentAt = this.#effects.now();
    try {
      // The protocol defines the type of the relay's acknowledgements.
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

  /** The person or the network is back: ends a long delay. */
  #wake(): void {
    this.#report();
    if (this.#closed || this.#suspended || this.#socket.connected || !this.#waiting || !this.#effects.page.isOnline()) return;
    if (!this.#delay.end()) return;
    this.#waiting = false;
    this.#socket.disconnect().connect();
  }

  /** The browser reports that the network is gone, which may be wrong: asks the relay for an answer, because a missed heartbeat would be noticed much later. */
  async #check(): Promise<void> {
    if (!this.#isUp()) return this.#report();
    if (this.#checking) return;
    this.#checking = true;
    this.#report();
    // A relay that does not know the event refuses it, which is an answer as well.
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

  /** Updates `noLiveConnection` for the current state. */
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
