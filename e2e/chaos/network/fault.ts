/** A fault of an edge, which is the connection from a client to one server. `up` is toward the server, `down` toward the client. */
export type Fault =
  /** New connections are refused and existing ones reset. A front with another edge uses that one. */
  | { readonly kind: 'refuse' }
  /** New connections are accepted and reset at once, existing ones are reset. */
  | { readonly kind: 'reset' }
  /** Connections are accepted and stay open, and nothing is forwarded in either direction until the fault ends. */
  | { readonly kind: 'blackhole' }
  /** The same in one direction: what the sender sends fills the buffers, as with a reader that has stopped. */
  | { readonly kind: 'one-way'; readonly direction: 'up' | 'down' }
  /** Data is delayed by `ms`, give or take `jitterMs`, in each direction. The order on one connection is kept. */
  | { readonly kind: 'delay'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Every connection is reset after this many bytes toward the client. */
  | { readonly kind: 'cut-after'; readonly bytes: number }
  /** This share (0 to 1) of the requests that contain `match` is forwarded and answered, and the answer is lost with its connection. */
  | { readonly kind: 'drop-answer'; readonly share: number; readonly match: string };

/** Whether existing connections break when the fault begins. */
export function breaksConnections(fault: Fault | null): boolean {
  return fault?.kind === 'refuse' || fault?.kind === 'reset';
}

/** Whether nothing is forwarded in this direction. */
export function isStopped(fault: Fault | null, direction: 'up' | 'down'): boolean {
  return fault?.kind === 'blackhole' || (fault?.kind === 'one-way' && fault.direction === direction);
}
