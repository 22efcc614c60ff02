import { expect, it } from 'vitest';

import { answerApi } from './answer-api.ts';
import { ask, newVisitor, useTestServer } from './testing/test-server.ts';

useTestServer();

it('passes a request to the handler of its route, with the parameters of its path', async () => {
  const { headers } = await newVisitor('Ann');
  const read = await answerApi(ask('GET', '/api/chat/messages?afterSeq=0', { headers }));
  expect([read.status, await read.json()]).toMatchObject([200, { messages: [] }]);
  const picture = await answerApi(ask('GET', '/api/chat/uploads/6f2b1e9a-0000-4000-8000-000000000000', { headers }));
  expect(picture.headers.get('x-request-id')).not.toBeNull();
  expect((await answerApi(ask('GET', '/api/chat/%6Dessages?afterSeq=0', { headers }))).status).toBe(200);
});

it.each(['/api/nothing', '/api/chat', '/api/chat/messages/x', '/api/%E0%A4%A'])(
  'answers 404 for %s, which no endpoint has',
  async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const response = await answerApi(ask(method, path));
      expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not_found', reason: 'route_not_found' } }]);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  },
);

it('answers 405 for a method that the path does not have, and says which it has', async () => {
  const response = await answerApi(ask('DELETE', '/api/chat/messages'));
  expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([405, 'GET, HEAD, POST', '']);
});

it('answers preflight requests of the paths that there are', async () => {
  expect((await answerApi(ask('OPTIONS', '/api/chat/messages'))).status).toBe(204);
});
