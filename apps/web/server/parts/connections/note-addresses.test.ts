import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { ADDRESS_HEADER, noteClientAddress } from './note-addresses.ts';

describe('noteClientAddress', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  it('overwrites the header that a client sends', async () => {
    const server = createServer((request, response) => {
      noteClientAddress(request, 0);
      response.end(request.headers[ADDRESS_HEADER]);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { [ADDRESS_HEADER]: '6.6.6.6', 'x-forwarded-for': '6.6.6.6' } });
    expect(await response.text()).toBe('127.0.0.1');
  });
});
