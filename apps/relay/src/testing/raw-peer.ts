import { connect, type Socket } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';

/** A plain TCP connection, which can send anything. */
export interface RawPeer {
  readonly socket: Socket;
  /** All bytes received so far, one character for each. */
  heard(): string;
  isOver(): boolean;
  /** Sends each text as a WebSocket frame, all of them in one write. */
  say(...texts: string[]): void;
  /** Sends the first frame of a message that is not completed. */
  begin(text: string): void;
  /** Sends a text as one compressed frame. */
  sayCompressed(text: string): void;
  write(bytes: string): void;
}

/** Connects to the relay's port without sending anything. */
export async function rawPeer(url: string): Promise<RawPeer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // The connection has ended, however the relay ended it.
  socket.on('error', () => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    heard: () => Buffer.concat(chunks).toString('latin1'),
    isOver: () => socket.destroyed || socket.readableEnded,
    say: (...texts) => void socket.write(Buffer.concat(texts.map((text) => frame(Buffer.from(text))))),
    begin: (text) => void socket.write(frame(Buffer.from(text), 0x01)),
    sayCompressed: (text) => void socket.write(frame(deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }), 0xc1)),
    write: (bytes) => void socket.write(bytes),
  };
}

interface WebSocketRequest {
  /** The client's IP address according to a proxy. */
  readonly forwardedFor?: string;
  /** The session id of a polling connection to be upgraded. */
  readonly sid?: string;
  readonly extensions?: string;
}

/** Connects and requests a WebSocket. */
export async function rawWebSocket(url: string, { forwardedFor, sid, extensions }: WebSocketRequest = {}): Promise<RawPeer> {
  const peer = await rawPeer(url);
  peer.write(
    `GET /chat/?EIO=4&transport=websocket${sid === undefined ? '' : `&sid=${sid}`} HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      (forwardedFor === undefined ? '' : `X-Forwarded-For: ${forwardedFor}\r\n`) +
      (extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`) +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  return peer;
}

/** One masked text frame, with a mask of zeros. */
function frame(body: Buffer, head = 0x81): Buffer {
  const size = Buffer.alloc(body.length < 126 ? 1 : body.length < 65_536 ? 3 : 9);
  if (size.length === 1) size[0] = 0x80 | body.length;
  else if (size.length === 3) {
    size[0] = 0xfe;
    size.writeUInt16BE(body.length, 1);
  } else {
    size[0] = 0xff;
    size.writeBigUInt64BE(BigInt(body.length), 1);
  }
  return Buffer.concat([Buffer.from([head]), size, Buffer.alloc(4), body]);
}
