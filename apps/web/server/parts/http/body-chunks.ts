import type { IncomingMessage } from 'node:http';

import type { HttpRequest } from './http-request.ts';

/** The chunks of a body, in the order they arrive. */
export interface BodyChunks {
  /** The next chunk, if it has arrived already. */
  ready(): Uint8Array | 'end' | undefined;
  /** The next chunk, when it arrives. Rejects when the connection ends before the body is complete. */
  next(): Promise<Uint8Array | 'end'>;
}

/** Whether the request has a body. A chunked body may be empty. */
export function hasBody({ body, headers, incoming }: HttpRequest): boolean {
  if (headers.get('content-length') === '0') return false;
  return incoming === undefined ? body !== null : headers.has('content-length') || headers.has('transfer-encoding');
}

export function chunksOf({ body, incoming }: HttpRequest): BodyChunks {
  if (incoming !== undefined) return incomingChunks(incoming);
  if (body === null) return { ready: () => 'end', next: () => Promise.resolve('end') };
  const reader = body.getReader();
  return {
    ready: () => undefined,
    async next() {
      const { done, value } = await reader.read();
      return done ? 'end' : value;
    },
  };
}

function incomingChunks(incoming: IncomingMessage): BodyChunks {
  const ready = (): Uint8Array | 'end' | undefined => {
    const chunk = incoming.read() as Buffer | null;
    if (chunk !== null) return chunk;
    return incoming.complete ? 'end' : undefined;
  };
  return {
    ready,
    async next() {
      for (;;) {
        const chunk = ready();
        if (chunk !== undefined) return chunk;
        await readableOrEnded(incoming);
      }
    },
  };
}

/** Resolves when there is more to read, or the body has ended. @throws Error when the connection ends first */
async function readableOrEnded(incoming: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const broken = () => reject(incoming.errored ?? new Error('The connection has ended.'));
    if (incoming.destroyed) return broken();
    const settle = (how: () => void) => () => {
      incoming.off('readable', go).off('end', go).off('close', stop).off('error', stop);
      how();
    };
    const go = settle(resolve);
    const stop = settle(broken);
    incoming.on('readable', go).on('end', go).on('close', stop).on('error', stop);
  });
}
