import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import { clientFrame, FrameReader, type TextSink } from './frames.ts';

/** Where to connect, and from where. */
export interface Target {
  readonly port: number;
  /** With the query: `/chat/?EIO=4&transport=websocket`. */
  readonly path: string;
  /** The local IP address. */
  readonly from: string;
}

/** A WebSocket to a server on this machine, with only what a load generator needs: a complete library would be the bottleneck before the server is. */
export interface LoadWebSocket {
  send(text: string): void;
  /** Closes the TCP connection without a closing handshake. */
  close(): void;
}

/** What happens on a WebSocket. */
export interface WebSocketEvents {
  /** The server has accepted the WebSocket. */
  readonly onOpen: (socket: LoadWebSocket) => void;
  /** A text has arrived; see `TextSink`. */
  readonly onText: TextSink;
  /** The connection has ended, by either side. Before `onOpen`: the server refused it, or did not answer for 20 seconds. */
  readonly onEnd: (reason: Error) => void;
}

const TIMEOUT_MS = 20_000;
const END_OF_HEAD = '\r\n\r\n';
/** Shared by all connections: what is read is processed before the next read. */
const piece = Buffer.allocUnsafe(65_536);

/** Opens a WebSocket. Callbacks instead of promises, because a text may arrive together with the server's acceptance and must come after `onOpen`. */
export function openWebSocket(target: Target, { onOpen, onText, onEnd }: WebSocketEvents): void {
  const reader = new FrameReader(onText);
  let head: string | undefined = '';
  let reason = new Error('The server closed the connection.');

  function readHead(length: number): void {
    head = `${head ?? ''}${piece.toString('latin1', 0, length)}`;
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    if (!head.startsWith('HTTP/1.1 101 ')) return void socket.destroy(new Error(`The server answered ${head.slice(0, end)}`));
    const rest = Buffer.from(head.slice(end + END_OF_HEAD.length), 'latin1');
    head = undefined;
    clearTimeout(timer);
    onOpen({ send: (text) => void socket.write(clientFrame(text)), close: () => socket.destroy() });
    reader.push(rest, rest.length);
  }

  function read(length: number): boolean {
    if (head === undefined) reader.push(piece, length);
    else readHead(length);
    return true;
  }

  const socket: Socket = connect({
    host: '127.0.0.1',
    port: target.port,
    localAddress: target.from,
    noDelay: true,
    onread: { buffer: piece, callback: read },
  });
  const timer = setTimeout(() => socket.destroy(new Error(`The server did not answer within ${TIMEOUT_MS} ms.`)), TIMEOUT_MS);
  socket.on('error', (error) => (reason = error));
  socket.on('close', () => {
    clearTimeout(timer);
    onEnd(reason);
  });
  // Nothing is read as a stream, but only a flowing stream reports its end.
  socket.resume();
  socket.write(
    [
      `GET ${target.path} HTTP/1.1`,
      `Host: 127.0.0.1:${target.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      END_OF_HEAD.slice(2),
    ].join('\r\n'),
  );
}
