import { expect, it } from 'vitest';

import { type Http, urlOf } from './http.ts';

it('builds the URL from the parts of a path and a query', () => {
  expect(urlOf('POST /api/chat/token')).toBe('/api/chat/token');
  expect(urlOf('GET /api/chat/uploads/{id}', { params: { id: 'a/b' }, query: { e: '1', s: undefined } })).toBe(
    '/api/chat/uploads/a%2Fb?e=1',
  );
  expect(urlOf('GET /api/chat/recent', { query: { ids: [1, 2] } })).toBe('/api/chat/recent?ids=1%2C2');
});

it('a request that the endpoint does not accept does not compile', () => {
  const requests = (http: Http) => [
    // @ts-expect-error: the body is missing
    () => http.request('POST /api/chat/done'),
    // @ts-expect-error: a field of the body is missing
    () => http.request('POST /api/chat/done', { body: { clientId: 1 } }),
    // @ts-expect-error: a field of the query has another type
    () => http.request('GET /api/chat/messages', { query: { limit: '1' } }),
    // @ts-expect-error: there is no such endpoint
    () => http.request('POST /api/chat/nothing'),
    // @ts-expect-error: an upload is a form
    () => http.request('POST /api/chat/uploads'),
    // @ts-expect-error: the answer has no such field
    async () => (await http.request('POST /api/chat/token')).nothing,
  ];
  // `tsc` is what fails when one of these compiles.
  expect(requests).toBeTypeOf('function');
});
