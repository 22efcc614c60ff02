import { WebSocket, WebSocketServer } from 'ws';

/**
 * What can't be done for less with `ws`: a frame is parsed as JSON, to know whom it is for, and goes on as it came, encoded once, to every operator, or
 * to the one visitor it names. It ends with its standard input.
 */
type Heard = { readonly join: 'client'; readonly address: string } | { readonly join: 'operator' } | { readonly to?: string };

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), path: '/chat', perMessageDeflate: false });
const visitors = new Map<string, WebSocket>();
const operators = new Set<WebSocket>();

server.on('connection', (socket) => {
  let leave = () => {};
  socket.on('message', (data: Buffer) => {
    const heard = JSON.parse(data.toString()) as Heard;
    if ('join' in heard && heard.join === 'operator') {
      operators.add(socket);
      leave = () => operators.delete(socket);
      return;
    }
    if ('join' in heard) {
      visitors.set(heard.address, socket);
      leave = () => visitors.delete(heard.address);
    }
    if ('to' in heard && heard.to !== undefined) visitors.get(heard.to)?.send(data, { binary: false });
    else for (const operator of operators) operator.send(data, { binary: false });
  });
  socket.on('close', () => leave());
});

process.stdin.on('end', () => process.exit()).resume();
