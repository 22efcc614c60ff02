import { randomUUID } from 'node:crypto';

import type { Dialect } from './dialect.ts';

const QUOTE = '"'.charCodeAt(0);
const JOIN = 'j'.charCodeAt(0);

/** The protocol of the bare server: plain JSON. */
export const bare: Dialect = {
  path: '/chat',
  enter: ({ role, address }) => ({ send: [JSON.stringify(role === 'client' ? { join: role, address } : { join: role })], address }),
  message: (text) => JSON.stringify({ type: 'text', message: text, messageKey: randomUUID() }),
  answer: (_operator, to, text) => JSON.stringify({ to, type: 'text', message: text, messageKey: randomUUID() }),
  kindOf: (bytes, start) => (bytes[start + 1] === QUOTE && bytes[start + 2] === JOIN ? 'arrival' : 'delivery'),
  pong: '',
};
