/** The identity of a peer. Old visitors have no token; an operator gets one if the relay requires it, with the same identity as in the scenario. */
export type PeerRole = { readonly role: 'client' } | { readonly role: 'operator'; readonly id: number; readonly name: string };

/**
 * One step of a scenario. All effects of a step have arrived before the next one begins. In payloads `@anna` stands for the address of Anna's current
 * connection, `@anna#1` for that of her first one.
 */
export type Step =
  | { readonly do: 'connect'; readonly peer: string; readonly as: PeerRole }
  | { readonly do: 'send'; readonly peer: string; readonly event: string; readonly payload?: unknown }
  | { readonly do: 'disconnect'; readonly peer: string };

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What one peer received, in order, with addresses and timestamps replaced by names. */
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
