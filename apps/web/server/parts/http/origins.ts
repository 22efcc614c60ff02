import type { HttpRequest } from './http-request.ts';
import type { Config } from '../../../config.ts';

type Origins = Pick<Config, 'frontendOrigins'>;

/** Whether the request's `Origin` is one of ours. */
function hasOwnOrigin(headers: Headers, config: Origins): boolean {
  const origin = headers.get('origin');
  return origin !== null && config.frontendOrigins.includes(origin);
}

/**
 * Whether a request that changes something may count on its cookies: only a page of ours may send it. A browser says so by `Sec-Fetch-Site` or by
 * `Origin`, which pages can't forge; what says neither is no browser and needs no cookie of a browser.
 */
export function comesFromOwnPage(headers: Headers, config: Origins): boolean {
  return headers.get('sec-fetch-site') === 'same-origin' || hasOwnOrigin(headers, config);
}

/** Lets pages on the origins of `FRONTEND_URL`, and no others, read the answer. */
export function addCors(request: Headers, answer: Headers, config: Origins): void {
  answer.append('Vary', 'Origin');
  if (!hasOwnOrigin(request, config)) return;
  answer.set('Access-Control-Allow-Origin', request.get('origin') ?? '');
  answer.set('Access-Control-Allow-Credentials', 'true');
  answer.set('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
}

/** Answers a browser that asks before it sends. */
export function preflight(request: HttpRequest, config: Origins): Response {
  const headers = new Headers({
    'Access-Control-Allow-Methods': 'GET, POST, PATCH',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Switchboard-Operator',
    'Access-Control-Max-Age': '600',
  });
  addCors(request.headers, headers, config);
  return new Response(null, { status: 204, headers });
}
