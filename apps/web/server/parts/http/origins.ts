import type { HttpRequest } from './http-request.ts';
import type { Config } from '../../../config.ts';

type Origins = Pick<Config, 'frontendOrigins'>;

/** Whether the request's `Origin` is one of `FRONTEND_URL`. */
function hasOwnOrigin(headers: Headers, config: Origins): boolean {
  const origin = headers.get('origin');
  return origin !== null && config.frontendOrigins.includes(origin);
}

/**
 * Whether a page of this system sent the request: only then may its cookies authorize a change. Browsers prove it by `Sec-Fetch-Site` or `Origin`, which pages
 * cannot forge. A request with neither does not come from a browser, and has no need of a browser's cookies.
 */
export function comesFromOwnPage(headers: Headers, config: Origins): boolean {
  return headers.get('sec-fetch-site') === 'same-origin' || hasOwnOrigin(headers, config);
}

/** Allows pages on the origins of `FRONTEND_URL`, and no others, to read the response. */
export function addCors(request: Headers, answer: Headers, config: Origins): void {
  answer.append('Vary', 'Origin');
  if (!hasOwnOrigin(request, config)) return;
  answer.set('Access-Control-Allow-Origin', request.get('origin') ?? '');
  answer.set('Access-Control-Allow-Credentials', 'true');
  answer.set('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
}

/** Answers a CORS preflight request. */
export function preflight(request: HttpRequest, config: Origins): Response {
  const headers = new Headers({
    'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Switchboard-Operator',
    'Access-Control-Max-Age': '600',
  });
  addCors(request.headers, headers, config);
  return new Response(null, { status: 204, headers });
}
