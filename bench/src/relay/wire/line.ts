import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import { clientFrame, FrameReader, type TextSink } from './frames.ts';

/** Where a line leads. */
export interface Target {
  readonly port: number;
  /** With the query: `/chat/?EIO=4&transport=websocket`. */
  readonly path: string;
  /** The address it comes from, one of this machine's. */
  readonly from: string;
}

/** A WebSocket to a server on this machine, with nothing in it that a load generator does not need: a library would be the bottleneck before a server is. */
export interface Line {
  send(text: string): void;
  /** Ends it without a good-bye. */
  close(): void;
}

/** What becomes of a line. */
export interface LineEvents {
  /** The server speaks WebSocket on it. */
  readonly onOpen: (line: Line) => void;
  /** Each text; see `TextSink`. */
  readonly onText: TextSink;
  /** It is over, whoever ended it; before it was open because the server refused it or did not answer for 20 seconds. */
  readonly onEnd: (reason: Error) => void;
}

const PATIENCE_MS = 20_000;
const END_OF_HEAD = '\r\n\r\n';
/** One for all: what is read is dealt with before the next line reads. */
const piece = Buffer.allocUnsafe(65_536);

/** Opens a line. (No promises: a text may come in one piece with the server's consent, and must not be heard before whoever listens knows the line.) */
export function openLine(target: Target, { onOpen, onText, onEnd }: LineEvents): void {
  const reader = new FrameReader(onText);
  let head: string | undefined = '';
  let reason = new Error('The server hung up.');

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
  const timer = setTimeout(() => socket.destroy(new Error('There was no answer in time.')), PATIENCE_MS);
  socket.on('error', (error) => (reason = error));
  socket.on('close', () => {
    clearTimeout(timer);
    onEnd(reason);
  });
  // Nothing is read as a stream, but the end is only told to who reads.
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
