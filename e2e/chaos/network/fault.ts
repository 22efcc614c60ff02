/** What can be wrong with an edge, the way from whoever connects to one server. `up` is towards the server, `down` towards whoever connected. */
export type Fault =
  /** No new connection is taken and those there are reset. A front that has another edge uses that one. */
  | { readonly kind: 'refuse' }
  /** New connections are taken and reset at once, those there are reset. */
  | { readonly kind: 'reset' }
  /** Connections are taken and stay, and nothing moves in either direction until it is over. */
  | { readonly kind: 'blackhole' }
  /** The same in one direction: nobody takes what the sender sends (it fills the buffers, as with a reader that stopped). */
  | { readonly kind: 'one-way'; readonly direction: 'up' | 'down' }
  /** Everything takes `ms`, give or take `jitterMs`, in each direction; what was sent first still comes first on one connection. */
  | { readonly kind: 'delay'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Every connection is reset once this many bytes have gone down. */
  | { readonly kind: 'cut-after'; readonly bytes: number }
  /** Of the requests that contain `match`, this share (0 to 1) is handed on and answered, and the answer is lost with its connection. */
  | { readonly kind: 'drop-answer'; readonly share: number; readonly match: string };

/** Whether connections that are there break when the fault sets in. */
export function breaksConnections(fault: Fault | null): boolean {
  return fault?.kind === 'refuse' || fault?.kind === 'reset';
}

/** Whether nothing may move in this direction. */
export function isStopped(fault: Fault | null, direction: 'up' | 'down'): boolean {
  return fault?.kind === 'blackhole' || (fault?.kind === 'one-way' && fault.direction === direction);
}
