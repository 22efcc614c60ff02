import { io, type Socket } from 'socket.io-client';

import type { HeardEvent, PeerRole, Scenario, Step, Trace } from './scenario.ts';

const TIMEOUT_MS = 5_000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Peer {
  readonly name: string;
  readonly socket: Socket;
}

export interface PlayOptions {
  readonly url: string;
  /** Default: websocket. */
  readonly transport?: 'websocket' | 'polling';
  /** The token of a peer, if the relay needs one. */
  tokenFor?(peer: PeerRole): Promise<string | undefined>;
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

let roundTrips = 0;
/**
 * A round trip on a peer's connection that works with any relay and that no other peer notices: it connects to a namespace that does not exist. The answer
 * arrives after everything that the relay sent before.
 */
async function roundTrip({ name, socket }: Peer): Promise<void> {
  const probe = socket.io.socket(`/round-trip-${(roundTrips += 1)}`);
  const answered = new Promise<void>((resolve) => probe.once('connect_error', () => resolve()));
  probe.connect();
  await within(`round trip of ${name}`, answered);
  probe.disconnect();
}

/** One run of a scenario against a relay. */
class Run {
  readonly #peers = new Map<string, Peer>();
  readonly #heard = new Map<string, HeardEvent[]>();
  /** Address → its name in traces, and the reverse. */
  readonly #names = new Map<string, string>();
  readonly #addresses = new Map<string, string>();
  readonly #connections = new Map<string, number>();

  constructor(readonly options: PlayOptions) {}

  async play(scenario: Scenario): Promise<Trace> {
    try {
      for (const step of scenario.steps) {
        await this.#take(step);
        await this.#settle();
      }
      return Object.fromEntries(this.#heard);
    } finally {
      for (const { socket } of this.#peers.values()) socket.disconnect();
    }
  }

  async #take(step: Step): Promise<void> {
    if (step.do === 'connect') return await this.#connect(step.peer, step.as);
    const peer = this.#peers.get(step.peer);
    if (peer === undefined) throw new Error(`${step.peer} is not connected`);
    if (step.do === 'send') {
      peer.socket.emit(step.event, ...('payload' in step ? [this.#replace(step.payload, (text) => this.#addressIn(text))] : []));
      await roundTrip(peer);
      return;
    }
    this.#peers.delete(step.peer);
    // A probe under way keeps the connection open until the relay has received the disconnect packet that goes before it.
    const probe = peer.socket.io.socket(`/disconnect-${(roundTrips += 1)}`);
    const answered = new Promise<void>((resolve) => probe.once('connect_error', () => resolve()));
    probe.connect();
    peer.socket.disconnect();
    await within(`disconnect of ${peer.name}`, answered);
  }

  async #connect(name: string, as: PeerRole): Promise<void> {
    const token = await this.options.tokenFor?.(as);
    const socket = io(this.options.url, {
      path: '/chat',
      transports: [this.options.transport ?? 'websocket'],
      forceNew: true,
      reconnection: false,
      ...(token === undefined ? {} : { auth: { token } }),
    });
    const peer = { name, socket };
    this.#peers.set(name, peer);
    const heard = this.#heard.get(name) ?? [];
    this.#heard.set(name, heard);
    socket.onAny((event: string, ...payload: unknown[]) => {
      heard.push({ event, ...(payload.length === 0 ? {} : { payload: this.#replace(payload[0], (text) => this.#nameIn(text)) }) });
    });
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    await within(`connection of ${name}`, connected);
    const count = (this.#connections.get(name) ?? 0) + 1;
    this.#connections.set(name, count);
    const address = socket.id ?? '';
    this.#names.set(address, `@${name}#${count}`);
    this.#addresses.set(`@${name}`, address).set(`@${name}#${count}`, address);
  }

  /** Two round trips: the effects of one peer's first round trip have reached all others after the second. */
  async #settle(): Promise<void> {
    for (let round = 0; round < 2; round += 1) await Promise.all([...this.#peers.values()].map(roundTrip));
  }

  #addressIn(text: string): string {
    return this.#addresses.get(text) ?? text;
  }

  #nameIn(text: string): string {
    return this.#names.get(text) ?? (ISO.test(text) ? '<timestamp>' : text);
  }

  /** A copy of a value with every text in it replaced. */
  #replace(value: unknown, replacement: (text: string) => string): unknown {
    if (typeof value === 'string') return replacement(value);
    if (Array.isArray(value)) return value.map((item) => this.#replace(item, replacement));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#replace(item, replacement)]));
  }
}

/** Plays a scenario against the relay at `url` and resolves with what every peer received. */
export async function play(scenario: Scenario, options: PlayOptions): Promise<Trace> {
  return await new Run(options).play(scenario);
}
