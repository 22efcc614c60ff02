import { errorFor } from '@switchboard/protocol';

import type { HttpRequest } from './parts/http/http-request.ts';
import { errorResponse } from './parts/http/present-error.ts';
import { addSecurityHeaders, DATA_POLICY } from './parts/http/security-headers.ts';
import { OPTIONS } from './requests/route.ts';
import { createRouter } from './router.ts';
import { ROUTES } from './routes.ts';
import { services } from './services/services.ts';

const find = createRouter(ROUTES);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers a request under /api that was passed to Next.js: every request in development, in production one that the router does not know (another method, an
 * encoded path). Answers 404 for paths that no endpoint has, and 405 for methods that the endpoints of a path do not have.
 */
export async function answerApi(request: HttpRequest): Promise<Response> {
  const path = decoded(new URL(request.url).pathname);
  const match = find(request.method, path);
  if (match !== undefined) return await match.handle(request, { params: Promise.resolve(match.params) });
  const allowed = METHODS.filter((method) => find(method, path) !== undefined);
  if (request.method === 'OPTIONS' && allowed.length > 0) return await OPTIONS(request);
  const response =
    allowed.length === 0
      ? errorResponse(errorFor('route_not_found'))
      : new Response(null, { status: 405, headers: { Allow: allowed.join(', ') } });
  response.headers.set('Content-Security-Policy', DATA_POLICY);
  response.headers.set('Cache-Control', 'no-store');
  addSecurityHeaders(response.headers, services().config);
  return response;
}

/** The path with its encoded characters decoded; as it is where they make no sense. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
