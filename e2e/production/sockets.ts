import { io, type Socket } from 'socket.io-client';

import type { Outside } from './outside.ts';
import type { Node } from './site.ts';

interface Started {
  readonly token: string;
  readonly clientId: number;
  readonly sessionId: string;
}

/** A visitor with a conversation and a connection to a relay. */
export interface Peer {
  readonly socket: Socket;
  readonly clientId: number;
  readonly sessionId: string;
  readonly token: string;
}

/** Starts a conversation through the API, from this IP address. */
export async function startConversation(outside: Outside, username: string, from?: string): Promise<Started> {
  const { status, body } = await outside.post('/api/chat/sessions', { username }, from === undefined ? {} : { from });
  if (status !== 201) throw new Error(`The conversation of ${username} could not be started: ${status} ${JSON.stringify(body)}`);
  return body as Started;
}

/** Starts a conversation and joins it over these transports, the first one first, like browsers. */
export async function joinAs(
  outside: Outside,
  username: string,
  { transports, from }: { readonly transports: readonly ('polling' | 'websocket')[]; readonly from: string },
): Promise<Peer> {
  const started = await startConversation(outside, username, from);
  const socket = io(outside.origin, {
    path: '/chat',
    transports: [...transports],
    auth: { token: started.token },
    agent: outside.agent(from) as never,
    extraHeaders: { origin: outside.origin },
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.disconnect();
      reject(error);
    });
  });
  await join(socket, username);
  return { socket, ...started };
}

/** Joins, and resolves when the relay has acknowledged it. */
export async function join(socket: Socket, name: string): Promise<void> {
  const answer = (await socket.timeout(60_000).emitWithAck('join', { role: 'client', name })) as { readonly ok: boolean };
  if (!answer.ok) throw new Error(`The relay did not let ${name} join: ${JSON.stringify(answer)}`);
}

/** The number of visitors on a relay, from its metrics. */
export async function visitorsOn(relay: Node): Promise<number> {
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  return Number(/^switchboard_relay_connections\{[^}]*role="client"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}
