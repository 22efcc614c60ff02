import { randomUUID } from 'node:crypto';

import type { Dialect, Received } from './dialect.ts';

/** Packets of Engine.IO. */
const PING = '2'.charCodeAt(0);
const PONG = '3';
const MESSAGE = '4'.charCodeAt(0);
/** Packets of Socket.IO, in messages of Engine.IO. */
const EVENT = '2'.charCodeAt(0);
const ACK = '3'.charCodeAt(0);

/** The kind of an event by the first letter of its name, in `42["incomingMessage",…`. */
const LETTER_AT = '42["'.length;
const EVENTS: Readonly<Record<number, Received>> = {
  ['i'.charCodeAt(0)]: 'delivery', // incomingMessage
  ['o'.charCodeAt(0)]: 'delivery', // operatorMessage
  ['n'.charCodeAt(0)]: 'arrival', // newChat
  ['e'.charCodeAt(0)]: 'refusal', // error
};

/** The same acknowledgement number for all events: acknowledgements are counted, not matched. */
const ASKING = '1';
/** The position where `431[{"ok":true` and `431[{"ok":false` differ. */
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
    enter({ role, id, address, token }, received) {
      if (received === undefined) return { send: [] };
      if (received.startsWith('0')) return { send: [token === undefined ? '40' : `40${JSON.stringify({ token })}`] };
      const sent: Sent = received.startsWith('40') || received.startsWith('44') ? (JSON.parse(received.slice(2)) as Sent) : {};
      if (typeof sent.sid !== 'string') throw new Error(`The server refused a ${role}: ${received}`);
      // The address of a peer with a token is in the token, that of others is their socket id.
      const join = role === 'client' ? { role, name: 'Vera' } : { role, name: 'Olga', operatorId: id };
      return { send: [`42${JSON.stringify(['join', join])}`], address: token === undefined ? sent.sid : address };
    },
    message: (text) => event('clientMessage', { type: 'text', message: text, messageKey: randomUUID() }),
    answer: ({ id }, to, text) =>
      event('operatorMessage', { to, type: 'text', message: text, messageKey: randomUUID(), operatorId: id, operatorName: 'Olga' }),
    kindOf(bytes, start) {
      if (bytes[start] !== MESSAGE) return bytes[start] === PING ? 'ping' : 'other';
      const kind = bytes[start + 1];
      if (kind === EVENT) return EVENTS[bytes[start + LETTER_AT] ?? 0] ?? 'other';
      if (kind === ACK) return bytes[start + OK_AT] === TRUE ? 'acknowledgement' : 'other';
      return 'other';
    },
    pong: PONG,
  };
}
