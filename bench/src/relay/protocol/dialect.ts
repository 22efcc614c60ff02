/** A client of a server. */
export interface Peer {
  readonly role: 'client' | 'operator';
  readonly id: number;
  /** The address that a visitor asks for; a server may assign another one. */
  readonly address: string;
  readonly token: string | undefined;
}

/** The kind of a text from the server, after joining. `arrival`: a visitor has joined; `refusal`: the server refused what was sent. */
export type Received = 'delivery' | 'acknowledgement' | 'arrival' | 'refusal' | 'ping' | 'other';

/** What to send next while connecting. A step with an address is the last one: the peer has joined under it. */
interface Step {
  readonly send: readonly string[];
  readonly address?: string;
}

/** The protocol of a server, text by text. */
export interface Dialect {
  readonly path: string;
  /** The next step of connecting: after `received`, or with undefined as soon as the WebSocket is open. @throws Error when the server refuses the peer */
  enter(peer: Peer, received: string | undefined): Step;
  /** A visitor's message. */
  message(text: string): string;
  /** An operator's message to a visitor. */
  answer(operator: Peer, to: string, text: string): string;
  /** The kind of a text. Reads only a few bytes, because it is called for every text. */
  kindOf(bytes: Buffer, start: number, end: number): Received;
  /** The answer to a ping. */
  readonly pong: string;
}
