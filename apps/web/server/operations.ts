import { readiness } from '@switchboard/telemetry';

import { asChatError, errorResponse } from './present-error.ts';
import { requireScraper } from './scrape.ts';
import { services } from './services.ts';

const HEADERS = { 'Cache-Control': 'no-store' };

/** 200 while the process answers at all. */
export function alive(): Response {
  return Response.json({ ok: true }, { headers: HEADERS });
}

/** 200 while this server can do its work, 503 with the reason while it can't. */
export async function ready(): Promise<Response> {
  const { db, isStopping } = services();
  const state = await readiness({
    database: async () => await db.ping(),
    accepting: async () => (isStopping() ? await Promise.reject(new Error('stopping')) : undefined),
  });
  return Response.json(state, { status: state.ok ? 200 : 503, headers: HEADERS });
}

/** The figures of this process for Prometheus: for whoever shows the token, or without one for nearby machines. */
export async function figures(request: Request): Promise<Response> {
  const { metrics, config } = services();
  try {
    requireScraper(request, config.metricsToken);
  } catch (error) {
    return errorResponse(asChatError(error).error);
  }
  return new Response(await metrics.render(), { headers: { ...HEADERS, 'Content-Type': metrics.contentType } });
}
