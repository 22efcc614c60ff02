import { expect, it } from 'vitest';

import { createRouter } from './router.ts';
import { HANDLERS, ROUTES } from './routes.ts';

const read = HANDLERS['GET /livez'];
const write = HANDLERS['POST /api/chat/messages'];
const find = createRouter([
  { method: 'GET', path: '/api/things', handle: read },
  { method: 'POST', path: '/api/things', handle: write },
  { method: 'GET', path: '/api/things/{id}', handle: read },
]);

it.each([
  ['GET', '/api/things', read, {}],
  ['GET', '/api/things?limit=1', read, {}],
  ['POST', '/api/things', write, {}],
  ['GET', '/api/things/a-1.png', read, { id: 'a-1.png' }],
])('%s %s is answered directly', (method, url, handle, params) => {
  expect(find(method, url)).toEqual({ handle, params });
});

it.each([
  ['another method', 'PUT', '/api/things'],
  ['a slash at the end', 'GET', '/api/things/'],
  ['a doubled slash', 'GET', '//api/things'],
  ['an encoded path', 'GET', '/api/%74hings'],
  ['an encoded part', 'GET', '/api/things/..%2fother'],
  ['dots as a part', 'GET', '/api/things/..'],
  ['a longer path', 'GET', '/api/things/1/2'],
  ['an empty part', 'GET', '/api/things//'],
])('a request with %s is passed to Next.js', (_name, method, url) => {
  expect(find(method, url)).toBeUndefined();
});

it('every endpoint is answered directly', () => {
  const router = createRouter(ROUTES);
  for (const { method, path, handle } of ROUTES) expect(router(method, path.replace(/\{\w+\}/, 'x'))?.handle, path).toBe(handle);
});
