import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Pages } from './pages.ts';
import { sendResponse } from './parts/bridge/send-response.ts';
import { toRequest } from './parts/bridge/to-request.ts';
import { addPolicyToErrors, passesGuard } from './parts/connections/guard-requests.ts';
import { noteClientAddress } from './parts/connections/note-addresses.ts';
import { notePeer } from './parts/connections/scrape.ts';
import { createRouter, type Match } from './router.ts';
import { ROUTES } from './routes.ts';
import type { Services } from './services/services.ts';

interface Answering {
  readonly services: Services;
  readonly pages: Pages;
  /** Next.js answers everything, as in development. */
  readonly throughNext: boolean;
}

/** Handles the requests of a server: the routes of `ROUTES` directly, everything else with Next.js. */
export function answerRequests(server: Server, { services, pages, throughNext }: Answering): void {
  const { config, log } = services;
  const find = createRouter(throughNext ? [] : ROUTES);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const match = find(request.method ?? '', request.url ?? '');
      if (match !== undefined) return await answerDirectly(match, request, response);
      await pages(request, response);
    } catch (error) {
      log.error({ err: error, path: request.url?.split('?')[0] }, 'could not answer a request');
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    }
  }

  server.on('request', (request, response) => {
    noteClientAddress(request, config.trustedHops);
    notePeer(request);
    addPolicyToErrors(response);
    if (config.production && !passesGuard(request, response, services)) return;
    void answer(request, response);
  });
}

async function answerDirectly({ handle, params }: Match, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await handle(toRequest(incoming, outgoing), { params: Promise.resolve(params) });
  await sendResponse(response, outgoing);
}
