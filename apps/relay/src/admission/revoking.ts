import type { Logger } from '@switchboard/telemetry';

import type { PeerSocket, RelayServer } from '../peer.ts';
import { type Revocation, Revocations, roomOfPerson } from './revocations.ts';

/** What travels between nodes. */
const REVOKED = 'revoked';

/** Ends the connections of people whose tokens are not believed any more. */
export interface Revoking {
  readonly revocations: Revocations;
  /** Makes a new connection one that can be found; ends it when its token was revoked while it connected. */
  watch(socket: PeerSocket): void;
  /** On this node, and on all others that can be reached. */
  revoke(revocation: Revocation): void;
  /** Repeats the revocations for other nodes, which may have missed some. */
  repeat(): void;
}

/** @param hasOthers whether there may be other nodes */
export function createRevoking(io: RelayServer, hasOthers: boolean, log: Logger): Revoking {
  const revocations = new Revocations();

  /** All connections of that person; a visitor without a token has one, and its id for an address. */
  function socketsOf(revocation: Revocation): PeerSocket[] {
    const { adapter, sockets } = io.of('/');
    const known = [...(adapter.rooms.get(roomOfPerson(revocation)) ?? [])].map((id) => sockets.get(id));
    const stranger = sockets.get(revocation.address ?? '');
    return [...known, stranger?.data.claims === undefined ? stranger : undefined].filter((socket) => socket !== undefined);
  }

  function apply(revocation: Revocation): void {
    if (!revocations.add(revocation)) return;
    const { role, id } = revocation;
    const sockets = socketsOf(revocation);
    log.info({ role, id, connections: sockets.length }, 'tokens revoked');
    // As a broken line: whoever may, comes back with a new token, old front-ends too.
    for (const socket of sockets) socket.conn.close();
  }

  function tell(revocation: Revocation): void {
    if (hasOthers) io.serverSideEmit(REVOKED, revocation);
  }

  io.on(REVOKED, apply);
  return {
    revocations,
    watch(socket) {
      const { claims, issuedAt } = socket.data;
      if (claims === undefined || claims.role === 'service') return;
      void socket.join(roomOfPerson(claims));
      if (revocations.covers(claims, issuedAt ?? 0)) socket.conn.close();
    },
    revoke(revocation) {
      apply(revocation);
      tell(revocation);
    },
    repeat: () => revocations.all().forEach(tell),
  };
}
