import { WebSocket, WebSocketServer } from 'ws';

/**
 * The least that a relay with `ws` can do: it parses a frame as JSON to find its receivers and sends it on unchanged, encoded once, to every operator or
 * to the one visitor that it names. It ends when its standard input ends.
 */
type Received = { readonly join: 'client'; readonly address: string } | { readonly join: 'operator' } | { readonly to?: string };

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), path: '/chat', perMessageDeflate: false });
const visitors = new Map<string, WebSocket>();
const operators = new Set<WebSocket>();

server.on('connection', (socket) => {
  let leave = () => {};
  socket.on('message', (data: Buffer) => {
    const received = JSON.parse(data.toString()) as Received;
    if ('join' in received && received.join === 'operator') {
      operators.add(socket);
      leave = () => operators.delete(socket);
      return;
    }
    if ('join' in received) {
      visitors.set(received.address, socket);
      leave = () => visitors.delete(received.address);
    }
    if ('to' in received && received.to !== undefined) visitors.get(received.to)?.send(data, { binary: false });
    else for (const operator of operators) operator.send(data, { binary: false });
  });
  socket.on('close', () => leave());
});

process.stdin.on('end', () => process.exit()).resume();
