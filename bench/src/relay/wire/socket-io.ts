import { randomUUID } from 'node:crypto';

import type { Dialect, Heard } from './dialect.ts';

/** Engine.IO's packets. */
const PING = '2'.charCodeAt(0);
const PONG = '3';
const MESSAGE = '4'.charCodeAt(0);
/** Socket.IO's packets, in messages of Engine.IO. */
const EVENT = '2'.charCodeAt(0);
const ACK = '3'.charCodeAt(0);

/** What the first letter of an event's name says, in `42["incomingMessage",…`. */
const LETTER_AT = '42["'.length;
const EVENTS: Readonly<Record<number, Heard>> = {
  ['i'.charCodeAt(0)]: 'delivery', // incomingMessage
  ['o'.charCodeAt(0)]: 'delivery', // operatorMessage
  ['n'.charCodeAt(0)]: 'arrival', // newChat
  ['e'.charCodeAt(0)]: 'refusal', // error
};

/** The same number for each question: nobody asks what was answered, only how often and how. */
const ASKING = '1';
/** Where `431[{"ok":true` and `431[{"ok":false` part. */
const OK_AT = '431[{"ok":'.length;
const TRUE = 't'.charCodeAt(0);

interface Sent {
  readonly sid?: unknown;
  readonly message?: unknown;
}

/** Socket.IO over a WebSocket, with or without asking for acknowledgements. */
export function socketIo(acknowledgements: boolean): Dialect {
  const event = (name: string, payload: object) => `42${acknowledgements ? ASKING : ''}${JSON.stringify([name, payload])}`;
  return {
    path: '/chat/?EIO=4&transport=websocket',
    enter({ role, id, address, token }, heard) {
      if (heard === undefined) return { say: [] };
      if (heard.startsWith('0')) return { say: [token === undefined ? '40' : `40${JSON.stringify({ token })}`] };
      const sent: Sent = heard.startsWith('40') || heard.startsWith('44') ? (JSON.parse(heard.slice(2)) as Sent) : {};
      if (typeof sent.sid !== 'string') throw new Error(`The server did not let a ${role} in: ${heard}`);
      // Who has a token is reached where the token says, others by their socket.
      const join = role === 'client' ? { role, name: 'Vera' } : { role, name: 'Olga', operatorId: id };
      return { say: [`42${JSON.stringify(['join', join])}`], address: token === undefined ? sent.sid : address };
    },
    message: (text) => event('clientMessage', { type: 'text', message: text, messageKey: randomUUID() }),
    answer: ({ id }, to, text) =>
      event('operatorMessage', { to, type: 'text', message: text, messageKey: randomUUID(), operatorId: id, operatorName: 'Olga' }),
    heard(bytes, start) {
      if (bytes[start] !== MESSAGE) return bytes[start] === PING ? 'ping' : 'other';
      const kind = bytes[start + 1];
      if (kind === EVENT) return EVENTS[bytes[start + LETTER_AT] ?? 0] ?? 'other';
      if (kind === ACK) return bytes[start + OK_AT] === TRUE ? 'acknowledgement' : 'other';
      return 'other';
    },
    pong: PONG,
  };
}
