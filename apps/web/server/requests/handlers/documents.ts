import { openApiDocument } from '@switchboard/protocol/documents';

import { etagOf, hasCurrent } from '../../parts/http/etag.ts';
import { route } from '../route.ts';

let prepared: { readonly text: string; readonly etag: string } | undefined;

/** The OpenAPI document, generated from the table of endpoints at the first request. */
export const openApi = route('GET /api/v1/openapi.json', {
  handle({ request }) {
    if (prepared === undefined) {
      const text = JSON.stringify(openApiDocument());
      prepared = { text, etag: etagOf(text) };
    }
    const { text, etag } = prepared;
    const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
    if (hasCurrent(request, etag)) return new Response(null, { status: 304, headers });
    return new Response(text, { headers: { ...headers, 'Content-Type': 'application/json' } });
  },
});
