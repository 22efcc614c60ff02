import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { hintRequest, type HintRequest } from '@switchboard/protocol';
import type { Tokens } from '@switchboard/tokens';
import { z } from 'zod';

/** A relay that only takes hints. */
export interface TestRelay {
  readonly url: string;
  /** The hints of each request. */
  readonly batches: readonly HintRequest[][];
  /** The status for a valid request: 202 by default, undefined for no response. */
  status: number | undefined;
  /** The process id that it answers; undefined for a relay that does not answer one. */
  node: string | undefined;
  close(): Promise<void>;
}

/** Starts a test relay. Like the relay, it takes at most 100 hints at a time, from a service with a token. */
export async function startTestRelay(tokens: Pick<Tokens, 'verifyRelayToken'>): Promise<TestRelay> {
  const batches: HintRequest[][] = [];
  const take = async (request: IncomingMessage): Promise<number | undefined> => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    const claims = await tokens.verifyRelayToken((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (claims.role !== 'service' || request.url !== '/hints' || request.method !== 'POST') return 400;
    batches.push(z.array(hintRequest).max(100).parse(JSON.parse(body)));
    return relay.status;
  };
  const server = createServer((request, response) => {
    const body = JSON.stringify({ delivered: 0, ...(relay.node === undefined ? {} : { node: relay.node }) });
    take(request).then(
      (status) => status === undefined || response.writeHead(status, { 'content-type': 'application/json' }).end(body),
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay: TestRelay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    batches,
    status: 202,
    node: 'relay 1',
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}
