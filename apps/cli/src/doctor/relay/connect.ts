import { io as realIo } from 'socket.io-client';

import { codeOf } from '../../standalone/user-error.mjs';
import { oneLine } from '../check.ts';
import type { PublicRelay } from './handshake.ts';

/** What came of an attempt to connect. */
export type Attempt =
  | { readonly state: 'connected' }
  /** The relay itself said no. */
  | { readonly state: 'refused'; readonly message: string }
  /** Something on the way did. */
  | { readonly state: 'broken'; readonly status: number | undefined; readonly reason: string };

/** How to attempt it. */
export interface Way {
  readonly transport: 'websocket' | 'polling';
  readonly token: string;
  readonly patienceMs: number;
  readonly io?: typeof realIo;
}

/** Connects as a browser does, joins nothing, and leaves. */
export async function tryToConnect(
  { url, path, origin }: PublicRelay,
  { transport, token, patienceMs, io = realIo }: Way,
): Promise<Attempt> {
  const socket = io(url, {
    path,
    transports: [transport],
    auth: { token },
    extraHeaders: { origin },
    reconnection: false,
    forceNew: true,
    autoConnect: false,
    timeout: patienceMs,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Attempt>((resolve) => {
      socket.once('connect', () => resolve({ state: 'connected' }));
      socket.once('connect_error', (error) => resolve(explain(error)));
      socket.once('disconnect', (reason) => resolve({ state: 'broken', status: undefined, reason }));
      timer = setTimeout(() => resolve({ state: 'broken', status: undefined, reason: 'no answer' }), patienceMs);
      socket.connect();
    });
  } finally {
    clearTimeout(timer);
    socket.disconnect();
  }
}

/** Errors of a transport have a `description`: a status, or the event of a WebSocket that could not be opened. Others are what the relay said. */
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
