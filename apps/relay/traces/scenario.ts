/** Who a peer is. Old visitors have no token; an operator gets one where the relay asks for it, saying the same as the script. */
export type PeerRole = { readonly role: 'client' } | { readonly role: 'operator'; readonly id: number; readonly name: string };

/**
 * One step of a script. Each is over, and everything it caused has arrived everywhere, before the next begins. In payloads `@anna` stands for the
 * address of Anna's present connection, `@anna#1` for that of her first.
 */
export type Step =
  | { readonly do: 'connect'; readonly peer: string; readonly as: PeerRole }
  | { readonly do: 'send'; readonly peer: string; readonly event: string; readonly payload?: unknown }
  | { readonly do: 'disconnect'; readonly peer: string };

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What one peer heard, in order, with addresses and timestamps replaced by names. */
export interface HeardEvent {
  readonly event: string;
  readonly payload?: unknown;
}
export type Trace = Readonly<Record<string, readonly HeardEvent[]>>;

export const connect = (peer: string, as: PeerRole): Step => ({ do: 'connect', peer, as });
export const disconnect = (peer: string): Step => ({ do: 'disconnect', peer });
export const send = (peer: string, event: string, payload?: unknown): Step => ({
  do: 'send',
  peer,
  event,
  ...(payload === undefined ? {} : { payload }),
});

/** Connects an old front-end's visitor and joins it. */
export const visitorJoins = (peer: string, name: string): Step[] => [
  connect(peer, { role: 'client' }),
  send(peer, 'join', { role: 'client', name }),
];
/** The same for an operator. */
export const operatorJoins = (peer: string, id: number, name: string): Step[] => [
  connect(peer, { role: 'operator', id, name }),
  send(peer, 'join', { role: 'operator', name, operatorId: id }),
];
