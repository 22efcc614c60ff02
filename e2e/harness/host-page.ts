import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A shop's page on another origin with the widget's script tag. `url` is on the same site as the app, so that the frame has storage; `foreignUrl` is the same
 * page on another site, where the browsers of the stories give frames no storage.
 */
export interface HostPage {
  readonly url: string;
  readonly foreignUrl: string;
  close(): Promise<void>;
}

/** Serves the host page. Its styles are as aggressive as those of real pages. */
export async function serveHostPage(web: string): Promise<HostPage> {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Lamp shop</title>
<style>* { letter-spacing: .02em } button { all: unset; background: pink } iframe { border: 9px dashed red; opacity: .5 } body { font: 16px/1.5 serif; margin: 2rem }</style>
</head><body><h1>Lamps</h1><p>We sell lamps.</p><button>Buy</button><script async src="${web}/widget.js"></script></body></html>`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/lamps`,
    foreignUrl: `http://127.0.0.1:${port}/lamps`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
