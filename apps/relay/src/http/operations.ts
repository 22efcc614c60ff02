import type { IncomingMessage, ServerResponse } from 'node:http';

import { ChatError } from '@switchboard/protocol';
import { FORWARDING_HEADERS, type Logger, mayScrape, readiness, type Scrape } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';

import type { Delivery } from '../events/delivery.ts';
import { receiveHints, type RevokedHint } from './hints.ts';
import { answerError, answerJson } from '../http-answer.ts';
import type { ConnectionCounts, RelayMetrics } from '../metrics.ts';

/** What the HTTP routes of the relay need. */
export interface Operations {
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  readonly delivery: Delivery;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
  readonly connectionCounts: () => ConnectionCounts;
  readonly isDraining: () => boolean;
  /** Undefined for a single node. */
  readonly redis: () => 'up' | 'down' | undefined;
  readonly onRevoked: (revocation: RevokedHint) => void;
  /** A unique name of this relay process. A sender of hints notices by it that a new process has started, which knows no revocation yet. */
  readonly node: string;
  /** Required for `/metrics`; without one only nearby machines may read it. */
  readonly metricsToken: string | undefined;
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function scrapeOf({ headers, socket }: IncomingMessage): Scrape {
  const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
  return { authorization: headers.authorization, peer: socket.remoteAddress, forwarded };
}

function refusedScrape(metricsToken: string | undefined): ChatError {
  return metricsToken === undefined
    ? new ChatError('forbidden', 'Metrics are available to nearby machines only, unless METRICS_TOKEN is set.')
    : new ChatError('unauthenticated', 'A metrics token is required.');
}

function routesOf(operations: Operations): Readonly<Record<string, Route>> {
  const { tokens, delivery, metrics, connectionCounts, isDraining, redis, onRevoked, node, metricsToken } = operations;
  return {
    /** The process is running. */
    'GET /livez': async (_request, response) => answerJson(response, 200, { ok: true }),
    /** The relay accepts new connections. */
    'GET /readyz': async (_request, response) => {
      const state = await readiness({ accepting: () => (isDraining() ? Promise.reject(new Error('stopping')) : Promise.resolve()) });
      const cluster = redis();
      // A node without Redis still serves its own peers: it reports the state and remains in service.
      const checks = { ...state.checks, redis: cluster === 'up' ? 'ok' : 'away: only peers of this node are reached' };
      answerJson(response, state.ok ? 200 : 503, cluster === undefined ? state : { ok: state.ok, degraded: cluster === 'down', checks });
    },
    'GET /metrics': async (request, response) => {
      if (!mayScrape(scrapeOf(request), metricsToken)) return answerError(response, refusedScrape(metricsToken));
      const text = await metrics.render(connectionCounts());
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
      response.end(text);
    },
    'POST /hints': async (request, response) => {
      const onHint = (hint: { event: string }) => metrics.hints.add(1, { event: hint.event });
      answerJson(response, 202, { delivered: await receiveHints(request, { tokens, delivery, onHint, onRevoked }), node });
    },
  };
}

/** Makes a listener for every request that is not for Socket.IO: `/livez`, `/readyz`, `/metrics` and `POST /hints`. */
export function answerRequests(operations: Operations): (request: IncomingMessage, response: ServerResponse) => void {
  const { log, metrics } = operations;
  const routes = routesOf(operations);

  function fail(request: IncomingMessage, response: ServerResponse, path: string, error: unknown): void {
    const known = error instanceof ChatError ? error : new ChatError('internal', 'Internal error', { cause: error });
    if (known.code === 'unauthenticated' || known.code === 'forbidden') metrics.tokensRefused.add(1, { at: 'hints' });
    if (request.errored) log.info({ path, err: request.errored }, 'request broken off');
    else if (known.code === 'internal') log.error({ path, err: error }, 'request failed');
    else log.info({ path, code: known.code }, 'request refused');
    if (response.headersSent) response.destroy();
    else answerError(response, known);
  }

  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const key = `${method} ${path}`;
    const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
    if (route === undefined) return answerError(response, new ChatError('not_found', 'Not found.'));
    route(request, response).catch((error: unknown) => fail(request, response, path, error));
  };
}
