import { errorFor } from '@switchboard/protocol';

/** How many bytes of bodies may be in memory at a time. */
export interface BytesUnderWayOptions {
  /** For one address or operator. */
  readonly perCaller: number;
  /** For all callers together. */
  readonly inAll: number;
}

/** The bytes of one request's body, from their arrival until the request is answered. */
export interface BodyBytes {
  /** Counts bytes that have arrived. @throws ChatError `rate_limited` when they exceed the caller's limit, `unavailable` when they exceed the total; then they do not count */
  add(bytes: number): void;
  /** Stops counting the request's bytes, once it is answered. */
  release(): void;
}

/** Counts the bytes of bodies that are being read or processed, so that senders who never finish their requests cannot fill the memory. */
export interface BytesUnderWay {
  /** Begins to count for a caller, named as for rate limits. */
  open(caller: string): BodyBytes;
  /** Bytes counted now. */
  total(): number;
}

/** When to retry, in seconds. Reading a body takes less, unless its sender is slow. */
const RETRY_AFTER_S = 2;

export function countBytesUnderWay({ perCaller, inAll }: BytesUnderWayOptions): BytesUnderWay {
  const ofCallers = new Map<string, number>();
  let total = 0;

  function change(caller: string, bytes: number): void {
    total += bytes;
    const left = (ofCallers.get(caller) ?? 0) + bytes;
    if (left === 0) ofCallers.delete(caller);
    else ofCallers.set(caller, left);
  }

  return {
    total: () => total,
    open(caller) {
      let own = 0;
      return {
        add(bytes) {
          const retry = { retryAfterSeconds: RETRY_AFTER_S };
          if ((ofCallers.get(caller) ?? 0) + bytes > perCaller) throw errorFor('too_many_bytes', undefined, retry);
          if (total + bytes > inAll) throw errorFor('overloaded', undefined, retry);
          own += bytes;
          change(caller, bytes);
        },
        release() {
          change(caller, -own);
          own = 0;
        },
      };
    },
  };
}
