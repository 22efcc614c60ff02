/** Somebody who talks to a server. */
export interface Peer {
  readonly role: 'client' | 'operator';
  readonly id: number;
  /** Where a visitor wants to be reached; a server may have an address of its own for it. */
  readonly address: string;
  readonly token: string | undefined;
}

/** What a server's text is, to somebody who is in. `arrival`: a visitor has joined; `refusal`: of something that was sent. */
export type Heard = 'delivery' | 'acknowledgement' | 'arrival' | 'refusal' | 'ping' | 'other';

/** What to say next on the way in. With an address, that was all: this is where the peer is reached. */
interface Step {
  readonly say: readonly string[];
  readonly address?: string;
}

/** How a server wants to be spoken to, text by text. */
export interface Dialect {
  readonly path: string;
  /** The next step in: after `heard`, or with undefined as soon as the line is open. @throws Error when the server does not let the peer in */
  enter(peer: Peer, heard: string | undefined): Step;
  /** A visitor's message. */
  message(text: string): string;
  /** An operator's message to a visitor. */
  answer(operator: Peer, to: string, text: string): string;
  /** Looks at a few bytes only: it is asked for every text. */
  heard(bytes: Buffer, start: number, end: number): Heard;
  /** The answer to a ping. */
  readonly pong: string;
}
