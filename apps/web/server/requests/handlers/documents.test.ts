import { openApiDocument } from '@switchboard/protocol/documents';
import { expect, it } from 'vitest';

import { HANDLERS } from '../../routes.ts';
import { ask, newVisitor, useTestServer } from '../../testing/test-server.ts';

useTestServer();
const PATH = '/api/v1/openapi.json';
const read = async (headers: Readonly<Record<string, string>> = {}) =>
  await HANDLERS['GET /api/v1/openapi.json'](ask('GET', PATH, { headers }));

it('GET /api/v1/openapi.json answers the OpenAPI document to anyone, with every endpoint of the table', async () => {
  for (const headers of [{}, (await newVisitor('Ann')).headers]) {
    const response = await read(headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    const document = (await response.json()) as { readonly openapi: string; readonly paths: Readonly<Record<string, object>> };
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(Object.keys(HANDLERS).toSorted());
  }
});

it('GET /api/v1/openapi.json answers 304 without a body to a caller who has the current document', async () => {
  const etag = (await read()).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await read({ 'if-none-match': header });
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', etag]);
  }
  expect((await read({ 'if-none-match': '"other"' })).status).toBe(200);
});
