import { readiness } from '@switchboard/telemetry';

import type { HttpRequest } from '../parts/http/http-request.ts';
import { asChatError, errorResponse } from '../parts/http/present-error.ts';
import { requireScraper } from '../parts/connections/scrape.ts';
import type { RelayTrouble } from '../parts/relay/relay-requests.ts';
import type { RevocationSender } from '../parts/relay/revocation-sender.ts';
import { services } from '../services/services.ts';

const HEADERS = { 'Cache-Control': 'no-store' };

/** 200 while the process runs. */
export function alive(): Response {
  return Response.json({ ok: true }, { headers: HEADERS });
}

/**
 * 200 while this server works, above all while it can save messages; 503 with the reason otherwise. When the relay is away or no images can be stored,
 * `degraded` is true and the reason is named, but the server stays in service, because messages are still saved.
 */
export async function ready(): Promise<Response> {
  const { saveState, isStopping, images, relay, revocations } = services();
  const state = await readiness({
    database: async () => {
      const trouble = await saveState.trouble();
      if (trouble !== undefined) throw new Error(trouble);
    },
    accepting: async () => (isStopping() ? await Promise.reject(new Error('stopping')) : undefined),
  });
  const trouble = relay.trouble();
  const lesser = {
    relay: trouble === undefined ? 'ok' : inWords(trouble, revocations.waiting()),
    uploads: await images.requireWritable().then(() => 'ok', notStored),
  };
  const degraded = Object.values(lesser).some((check) => check !== 'ok');
  const answer = { ok: state.ok, degraded, checks: { ...state.checks, ...lesser } };
  return Response.json(answer, { status: state.ok ? 200 : 503, headers: HEADERS });
}

function notStored(error: unknown): string {
  return `degraded: no image can be stored (${error instanceof Error ? error.message : String(error)})`;
}

function inWords({ since, lastTried, reason }: RelayTrouble, waiting: ReturnType<RevocationSender['waiting']>): string {
  const what = `takes no hints since ${since.toISOString()} (${reason}; tried last at ${lastTried.toISOString()})`;
  if (waiting.since === undefined) return `degraded: ${what}; browsers see news up to 20 s later`;
  const revocations = waiting.count === 1 ? '1 revocation waits' : `${waiting.count} revocations wait`;
  return `degraded: ${what}; ${revocations} since ${waiting.since.toISOString()}: the connections of these people go on`;
}

/** The metrics of this process for Prometheus: for requests with the token, or without a token set for nearby machines. */
export async function figures(request: HttpRequest): Promise<Response> {
  const { metrics, config } = services();
  try {
    requireScraper(request, config.metricsToken);
  } catch (error) {
    return errorResponse(asChatError(error).error);
  }
  return new Response(await metrics.render(), { headers: { ...HEADERS, 'Content-Type': metrics.contentType } });
}
