import { io as realIo } from 'socket.io-client';

import { codeOf } from '../../standalone/user-error.mjs';
import { oneLine } from '../check.ts';
import type { PublicRelay } from './handshake.ts';

/** The outcome of a connection attempt. */
export type Attempt =
  | { readonly state: 'connected' }
  /** The relay itself refused. */
  | { readonly state: 'refused'; readonly message: string }
  /** The network or a proxy failed. */
  | { readonly state: 'broken'; readonly status: number | undefined; readonly reason: string };

/** The options of an attempt. */
export interface AttemptOptions {
  readonly transport: 'websocket' | 'polling';
  readonly token: string;
  readonly timeoutMs: number;
  readonly io?: typeof realIo;
}

/** Connects like a browser, without joining, and disconnects. */
export async function tryToConnect(
  { url, path, origin }: PublicRelay,
  { transport, token, timeoutMs, io = realIo }: AttemptOptions,
): Promise<Attempt> {
  const socket = io(url, {
    path,
    transports: [transport],
    auth: { token },
    extraHeaders: { origin },
    reconnection: false,
    forceNew: true,
    autoConnect: false,
    timeout: timeoutMs,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Attempt>((resolve) => {
      socket.once('connect', () => resolve({ state: 'connected' }));
      socket.once('connect_error', (error) => resolve(explain(error)));
      socket.once('disconnect', (reason) => resolve({ state: 'broken', status: undefined, reason }));
      timer = setTimeout(() => resolve({ state: 'broken', status: undefined, reason: 'no answer' }), timeoutMs);
      socket.connect();
    });
  } finally {
    clearTimeout(timer);
    socket.disconnect();
  }
}

/** A transport error has a `description`: a status, or the event of a failed WebSocket. Any other error is the relay's answer. */
function explain(error: Error): Attempt {
  if (!('type' in error) || error.type !== 'TransportError')
    return error.message === 'timeout'
      ? { state: 'broken', status: undefined, reason: 'no answer' }
      : { state: 'refused', message: error.message };
  const description = 'description' in error ? error.description : undefined;
  if (typeof description === 'number' && description > 0) return { state: 'broken', status: description, reason: error.message };
  const cause: unknown =
    typeof description === 'object' && description !== null && 'error' in description ? description.error : description;
  const reason = cause instanceof Error ? (codeOf(cause) ?? oneLine(cause)) : error.message;
  const status = /^Unexpected server response: (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1];
  return { state: 'broken', status: status === undefined ? undefined : Number(status), reason };
}
