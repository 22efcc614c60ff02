import { createServer } from 'node:http';

import { Server, type Socket } from 'socket.io';

/**
 * A new implementation of the guide's relay: no tokens, no schemas, no limits, acknowledgements only where they are asked for, no metrics, and a loop over the sockets for each event.
 * It uses the same library and the same events as Switchboard's relay. It ends when its standard input ends.
 */
interface Content {
  readonly type?: unknown;
  readonly message?: unknown;
  readonly image?: unknown;
  readonly name?: unknown;
  readonly mimeType?: unknown;
  readonly size?: unknown;
}
/** The callback of an event for which the sender asked an acknowledgement; undefined otherwise. */
type Acknowledge = (answer: { readonly ok: true; readonly timestamp: string; readonly delivered: number }) => void;
interface FromOperator extends Content {
  readonly to: string;
  readonly operatorId?: unknown;
  readonly operatorName?: unknown;
}

const http = createServer();
const io = new Server(http, { path: '/chat', cors: { origin: 'http://localhost:3000', credentials: true } });
const visitors = new Map<string, Socket>();
const operators = new Map<unknown, Socket>();

const stamp = () => new Date().toISOString();

function toOperators(event: string, payload: () => object): void {
  for (const operator of operators.values()) operator.emit(event, payload());
}

io.on('connection', (socket) => {
  socket.on('join', (peer: { role?: unknown; name?: unknown; operatorId?: unknown }) => {
    if (peer.role === 'operator') operators.set(peer.operatorId ?? socket.id, socket);
    if (peer.role !== 'client') return;
    visitors.set(socket.id, socket);
    toOperators('newChat', () => ({ clientId: socket.id, username: peer.name }));
  });

  socket.on('clientMessage', ({ type, message, image, name, mimeType, size }: Content, acknowledge?: Acknowledge) => {
    toOperators('incomingMessage', () => ({ from: socket.id, type, message, image, name, mimeType, size, timestamp: stamp() }));
    acknowledge?.({ ok: true, timestamp: stamp(), delivered: operators.size });
  });

  socket.on(
    'operatorMessage',
    ({ to, type, message, image, name, mimeType, operatorId, operatorName }: FromOperator, acknowledge?: Acknowledge) => {
      visitors.get(to)?.emit('operatorMessage', { type, message, image, name, mimeType, operatorName, timestamp: stamp() });
      for (const [id, operator] of operators) {
        if (id === operatorId) continue;
        operator.emit('operatorBroadcast', { clientId: to, operatorId, operatorName, type, message, image, timestamp: stamp() });
      }
      acknowledge?.({ ok: true, timestamp: stamp(), delivered: operators.size });
    },
  );

  socket.on('clientTyping', ({ isTyping }: { isTyping?: unknown }) => {
    toOperators('clientTyping', () => ({ from: socket.id, isTyping }));
  });

  socket.on('operatorTyping', ({ to, isTyping, operatorName }: { to: string; isTyping?: unknown; operatorName?: unknown }) => {
    visitors.get(to)?.emit('operatorTyping', { isTyping, operatorName });
  });

  socket.on('chatEnded', () => {
    toOperators('chatEnded', () => ({ clientId: socket.id }));
  });

  socket.on('disconnect', () => {
    visitors.delete(socket.id);
    for (const [id, operator] of operators) if (operator.id === socket.id) operators.delete(id);
  });
});

http.listen(Number(process.argv[2]), '127.0.0.1');
process.stdin.on('end', () => process.exit()).resume();
