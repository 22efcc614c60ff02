import type { Logger } from '@switchboard/telemetry';

import type { PeerSocket, RelayServer } from '../peer.ts';
import { type Revocation, Revocations, roomOfPerson } from './revocations.ts';

/** The event that nodes send to each other. */
const REVOKED = 'revoked';

/** Ends the connections of people whose tokens are revoked. */
export interface Revoking {
  readonly revocations: Revocations;
  /** Makes the sockets of a person findable; ends a socket whose token was revoked while it connected. */
  watch(socket: PeerSocket): void;
  /** Revokes on this node, and on all others that can be reached. */
  revoke(revocation: Revocation): void;
  /** Repeats the revocations for other nodes, which may have missed some. */
  repeat(): void;
}

/** @param hasOthers whether there may be other nodes */
export function createRevoking(io: RelayServer, hasOthers: boolean, log: Logger): Revoking {
  const revocations = new Revocations();

  /** All sockets of that person. A visitor without a token has one, whose id is the address. */
  function socketsOf(revocation: Revocation): PeerSocket[] {
    const { adapter, sockets } = io.of('/');
    const known = [...(adapter.rooms.get(roomOfPerson(revocation)) ?? [])].map((id) => sockets.get(id));
    const anonymous = sockets.get(revocation.address ?? '');
    return [...known, anonymous?.data.claims === undefined ? anonymous : undefined].filter((socket) => socket !== undefined);
  }

  function apply(revocation: Revocation): void {
    if (!revocations.add(revocation)) return;
    const { role, id } = revocation;
    const sockets = socketsOf(revocation);
    log.info({ role, id, connections: sockets.length }, 'tokens revoked');
    // Like a lost connection: clients that still may reconnect with a new token, old front-ends included.
    for (const socket of sockets) socket.conn.close();
  }

  function broadcast(revocation: Revocation): void {
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
      broadcast(revocation);
    },
    repeat: () => revocations.all().forEach(broadcast),
  };
}
