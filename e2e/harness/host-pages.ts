import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll } from 'vitest';

interface HostPageContent {
  /** The content of `<head>` and of `<body>`. */
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Attributes of `<html>`. */
  readonly root?: string;
}

/** Pages of another site that a test defines. */
interface HostPages {
  /** Serves a page and returns its address, on another origin than the app's and on the same site, so that the frame has storage. */
  add(content: HostPageContent): string;
}

/** Call it at the top of a test file: a site that serves pages for all its tests. */
export function useHostPages(): HostPages {
  const pages = new Map<string, HostPageContent>();
  let server: Server | undefined;
  let origin = '';
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const page = pages.get(url.split('?')[0] ?? '');
      if (page === undefined) return response.writeHead(404).end();
      const { head = '', body = '', headers = {}, root = 'lang="en"' } = page;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
      return response.end(
        `<!doctype html><html ${root}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Lamp shop</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    if (server !== undefined) await once(server, 'close');
  });
  return {
    add(content) {
      const path = `/page-${pages.size + 1}`;
      pages.set(path, content);
      return `${origin}${path}`;
    },
  };
}
