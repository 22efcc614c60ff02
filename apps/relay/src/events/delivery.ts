import type { Audience, RelayPayloads } from '@switchboard/protocol';

import type { Operator, PeerSocket, RelayServer, Visitor } from '../peer.ts';
import { Audiences, roomOfOperator, roomOfTeam, roomsOf, SEES_ALL, SEES_TEAMS, type OperatorRoom } from './audiences.ts';

/** Prefixed, so that an address can never name another room (each socket has one named by its id). */
const roomOf = (address: string) => `client:${address}`;
/** The event by which nodes pass on what the web app says of a conversation's audience. */
const AUDIENCE = 'audience';

/**
 * Sends events to peers, always by room, so that a message is encoded once for all its receivers. Each sending function returns the number of sockets on this
 * node. Operators receive the events of the conversations that they may see (`Audiences`).
 */
export interface Delivery {
  /** Subscribes a socket to the events of its role. */
  admit(socket: PeerSocket, sender: Visitor | Operator): void;
  /** To the operators who may see the conversation of this address. */
  toOperators<E extends keyof RelayPayloads>(address: string, event: E, payload: RelayPayloads[E]): number;
  /** The same but for the sending socket. */
  toOtherOperators<E extends keyof RelayPayloads>(sender: PeerSocket, address: string, event: E, payload: RelayPayloads[E]): number;
  toVisitor<E extends keyof RelayPayloads>(address: string, event: E, payload: RelayPayloads[E]): number;
  /**
   * The web app says who may see a conversation: from now on, its events reach only them. Also sends this event to those who could see it before, so that they
   * notice the change.
   */
  changeAudience<E extends keyof RelayPayloads>(
    address: string,
    audience: Audience,
    former: Audience | undefined,
    event: E,
    payload: RelayPayloads[E],
  ): number;
  /** Whether this operator may see the conversation of this address, as far as is known here. */
  mayWrite(address: string, operator: Operator): boolean;
  /** Number of operator sockets on this node. */
  operatorSockets(): number;
}

/** @param hasOthers whether there may be other nodes */
export function createDelivery(io: RelayServer, hasOthers: boolean, now: () => number = Date.now): Delivery {
  const audiences = new Audiences();
  const room = (name: string) => io.of('/').adapter.rooms.get(name);
  const size = (name: string) => room(name)?.size ?? 0;
  io.on(AUDIENCE, (address: string, audience: Audience) => audiences.set(address, audience));

  /** Number of sockets in any of these rooms. */
  function sizeOfAll(names: readonly OperatorRoom[]): number {
    const present = names.map(room).filter((sockets) => sockets !== undefined);
    if (present.length < 2) return present[0]?.size ?? 0;
    const all = new Set<string>();
    for (const sockets of present) for (const id of sockets) all.add(id);
    return all.size;
  }

  function send<E extends keyof RelayPayloads>(rooms: readonly OperatorRoom[], event: E, payload: RelayPayloads[E]): number {
    io.to([...rooms]).emit(event, payload);
    return sizeOfAll(rooms);
  }

  return {
    admit(socket, sender) {
      if (sender.role === 'client') {
        const { claims, issuedAt = 0 } = socket.data;
        audiences.joined(sender.address, claims?.role === 'client' ? claims : undefined, now() / 1_000 - issuedAt);
        void socket.join(roomOf(sender.address));
      } else if (sender.teams === undefined) void socket.join(SEES_ALL);
      else void socket.join([SEES_TEAMS, roomOfOperator(sender.id), ...sender.teams.map(roomOfTeam)]);
    },
    toOperators: (address, event, payload) => send(audiences.roomsOf(address), event, payload),
    toOtherOperators(sender, address, event, payload) {
      const rooms = audiences.roomsOf(address);
      sender.to([...rooms]).emit(event, payload);
      return sizeOfAll(rooms) - (rooms.some((name) => room(name)?.has(sender.id) === true) ? 1 : 0);
    },
    toVisitor(address, event, payload) {
      io.to(roomOf(address)).emit(event, payload);
      return size(roomOf(address));
    },
    changeAudience(address, audience, former, event, payload) {
      audiences.set(address, audience);
      if (hasOthers) io.serverSideEmit(AUDIENCE, address, audience);
      return send([...new Set([...roomsOf(audience), ...(former === undefined ? [] : roomsOf(former))])], event, payload);
    },
    mayWrite: (address, { id, teams }) => teams === undefined || audiences.mayWrite(address, id, teams),
    operatorSockets: () => size(SEES_ALL) + size(SEES_TEAMS),
  };
}
