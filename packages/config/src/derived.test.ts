import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it, onTestFinished } from 'vitest';

import { demoEnabled, localRelayUrl, readVariables, relayInternalUrl } from './index.ts';

it.each([
  [undefined, 'http://127.0.0.1:3001'],
  ['0.0.0.0', 'http://127.0.0.1:3001'],
  ['0', 'http://127.0.0.1:3001'],
  ['::', 'http://[::1]:3001'],
  ['[::]', 'http://[::1]:3001'],
  ['0:0:0:0:0:0:0:0', 'http://[::1]:3001'],
  ['::ffff:0.0.0.0', 'http://127.0.0.1:3001'],
  ['::1', 'http://[::1]:3001'],
  ['[::1]', 'http://[::1]:3001'],
  ['FD00::7', 'http://[fd00::7]:3001'],
  ['127.0.0.1', 'http://127.0.0.1:3001'],
  ['10.0.0.4', 'http://10.0.0.4:3001'],
  ['localhost', 'http://localhost:3001'],
])('a relay that listens on %s is reached at %s', (host, url) => {
  const values = readVariables(host === undefined ? {} : { SOCKET_HOST: host });
  expect(localRelayUrl(values)).toBe(url);
  expect(relayInternalUrl(values)).toBe(url);
  expect(new URL(`${url}/hints`).port).toBe('3001');
});

it.each(['::g', '1::2::3', '127.0.0.1:3001', 'localhost:3001', '[::1', '::1]', '[127.0.0.1]', 'http://localhost', 'a b', '999.1.1.1'])(
  'refuses to listen on %s',
  (host) => {
    expect(() => readVariables({ SOCKET_HOST: host })).toThrow(/^SOCKET_HOST is ".*"; it must be an address of this machine such as /);
  },
);

const canListen = async (host: string): Promise<Server | undefined> => {
  const server = createServer((_request, response) => response.end('here'));
  server.listen(0, host);
  return await once(server, 'listening').then(
    () => server,
    // This machine does not have the address: some have no IPv6.
    () => undefined,
  );
};

it.each(['127.0.0.1', '0.0.0.0', '::', '::1', '[::1]', 'localhost'])('reaches a server that listens on %s', async (host) => {
  const values = readVariables({ SOCKET_HOST: host });
  const server = await canListen(values.SOCKET_HOST ?? '');
  if (server === undefined) return;
  onTestFinished(() => void server.close());
  const url = localRelayUrl({ ...values, SOCKET_PORT: (server.address() as AddressInfo).port });
  expect(await (await fetch(`${url}/hints`)).text()).toBe('here');
});

it('uses RELAY_INTERNAL_URL for hints, without a trailing slash, and never the public address', () => {
  const values = readVariables({
    RELAY_INTERNAL_URL: 'http://relay:3001//',
    NEXT_PUBLIC_SOCKET_URL: 'https://chat.example',
    SOCKET_PORT: '4001',
  });
  expect(relayInternalUrl(values)).toBe('http://relay:3001');
  expect(localRelayUrl(values)).toBe('http://127.0.0.1:4001');
  expect(relayInternalUrl({ ...values, RELAY_INTERNAL_URL: undefined })).toBe('http://127.0.0.1:4001');
});

it('serves the demo outside production unless configured otherwise', () => {
  const enabled = (environment: Record<string, string>) => demoEnabled(readVariables(environment));
  expect(enabled({})).toBe(true);
  expect(enabled({ NODE_ENV: 'production' })).toBe(false);
  expect(enabled({ NODE_ENV: 'production', ENABLE_DEMO: 'true' })).toBe(true);
  expect(enabled({ ENABLE_DEMO: 'false' })).toBe(false);
});
