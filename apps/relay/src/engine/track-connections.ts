import type { IncomingMessage } from 'node:http';

import type { RelayServer } from '../peer.ts';
import { type ConnectionNotes, type EngineConnection, findRequestConnection, onConnection } from './connection.ts';

function noteUpgrade(this: EngineConnection): void {
  if (this.notes !== undefined) this.notes.tcp = this.notes.upgradeTcp;
}

function noteIncoming(request: IncomingMessage, notes: ConnectionNotes): void {
  notes.incomingRequest = request;
  request.once('close', () => {
    if (notes.incomingRequest === request) notes.incomingRequest = undefined;
  });
}

/** Notes on each connection what Engine.IO does not offer: its TCP connection, and the polling request that is arriving. Uses documented API only. */
export function trackConnections(io: RelayServer): void {
  onConnection(io, (connection) => {
    const isWebSocket = connection.transport.name === 'websocket';
    const tcp = isWebSocket ? connection.request.socket : undefined;
    const notes: ConnectionNotes = { tcp, upgradeTcp: undefined, incomingRequest: undefined, packets: 0, packetPeriod: -1 };
    Object.assign(connection, { notes });
    if (!isWebSocket) connection.once('upgrade', noteUpgrade);
  });
  io.engine.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    const notes = findRequestConnection(io, request)?.notes;
    if (notes !== undefined && request.method === 'POST') noteIncoming(request, notes);
    // Only one upgrade at a time can succeed, and it is the first one: a later one is noted only after the TCP connection of the first is gone.
    if (notes !== undefined && request.headers.upgrade !== undefined && notes.upgradeTcp?.destroyed !== false)
      notes.upgradeTcp = request.socket;
    next();
  });
}
