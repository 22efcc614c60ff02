import { expect, it } from 'vitest';

import { ConfigError, readVariables } from './index.ts';

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';

function errorOf(environment: Record<string, string>, required: readonly ('JWT_SECRET' | 'DATABASE_URL')[] = []): string {
  try {
    readVariables(environment, required);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

it('requires nothing, and fills in the defaults', () => {
  expect(readVariables({})).toMatchObject({ PORT: 3000, SOCKET_PORT: 3001, ALLOW_ANONYMOUS_CLIENTS: true });
});

it('treats an empty variable as unset, and ignores unknown ones', () => {
  expect(readVariables({ PORT: '', HOME: '/root' })).toMatchObject({ PORT: 3000 });
});

it('reads lists, flags, numbers and addresses', () => {
  const environment = {
    FRONTEND_URL: 'https://chat.example, https://localhost:5000',
    ALLOW_ANONYMOUS_CLIENTS: 'false',
    TRUST_PROXY: '2',
    RELAY_INTERNAL_URL: 'http://relay:3001/',
  };
  expect(readVariables(environment)).toMatchObject({
    FRONTEND_URL: ['https://chat.example', 'https://localhost:5000'],
    ALLOW_ANONYMOUS_CLIENTS: false,
    TRUST_PROXY: 2,
    RELAY_INTERNAL_URL: 'http://relay:3001',
  });
});

it.each([
  ['PORT', '80a', 'PORT is "80a"; it must be a port number, 1 to 65535.'],
  ['SOCKET_PORT', '70000', 'SOCKET_PORT is "70000"; it must be a port number, 1 to 65535.'],
  ['PORT', '6000', 'PORT is "6000"; it must be a port that browsers connect to (they refuse this one, which belongs to another protocol).'],
  ['SOCKET_PORT', '10080', /^SOCKET_PORT is "10080"; it must be a port that browsers connect to/],
  ['FRONTEND_URL', '*', /^FRONTEND_URL is "\*"; it must be origins such as/],
  [
    'FRONTEND_URL',
    'https://chat.example,http://chat.example',
    /^FRONTEND_URL is "https:\/\/chat.example,http:\/\/chat.example"; it must be origins that are all http: or all https:/,
  ],
  ['FRONTEND_URL', 'null', /^FRONTEND_URL is "null"/],
  [
    'FRONTEND_URL',
    'https://chat.example/',
    /^FRONTEND_URL is "https:\/\/chat.example\/"; it must be origins such as https:\/\/chat.example, without/,
  ],
  ['WIDGET_ORIGINS', Array.from({ length: 201 }, (_, index) => `https://shop-${index}.example`).join(), /must be at most 200 origins/],
  ['WIDGET_ORIGINS', 'https://a;script-src', /^WIDGET_ORIGINS is /],
  ['WIDGET_ORIGINS', 'shop.example', /^WIDGET_ORIGINS is "shop.example"/],
  [
    'NEXT_PUBLIC_SOCKET_URL',
    'localhost:3001',
    'NEXT_PUBLIC_SOCKET_URL is "localhost:3001"; it must be an address such as https://relay.example.',
  ],
  ['NEXT_PUBLIC_SOCKET_PATH', 'chat', 'NEXT_PUBLIC_SOCKET_PATH is "chat"; it must be a path such as /chat.'],
  ['DATABASE_URL', 'mysql://me:hunter2@host/x', /^DATABASE_URL is a value of 25 bytes; it must be an address such as postgresql:/],
  ['REDIS_URL', 'hunter2', 'REDIS_URL is a value of 7 bytes; it must be an address such as redis://host:6379.'],
  ['JWT_SECRET', 'hunter2', /^JWT_SECRET is a value of 7 bytes; it must be a random text of at least 32 bytes, /],
  ['JWT_SECRET', 'hunter2'.repeat(6), /^JWT_SECRET is a value of 42 bytes; it must be a random text/],
  ['AUTH_SECRET', 'hunter2', /^AUTH_SECRET is a value of 7 bytes/],
  ['MAX_IMAGE_BYTES', '10MB', 'MAX_IMAGE_BYTES is "10MB"; it must be a number of bytes, 1 to 200000000.'],
  ['MAX_SOCKET_PAYLOAD_BYTES', '1e6', 'MAX_SOCKET_PAYLOAD_BYTES is "1e6"; it must be a number of bytes, 1024 to 100000000.'],
  ['TRUST_PROXY', 'yes', 'TRUST_PROXY is "yes"; it must be the number of reverse proxies in front, 0 to 10.'],
  ['ALLOW_ANONYMOUS_CLIENTS', 'maybe', 'ALLOW_ANONYMOUS_CLIENTS is "maybe"; it must be true or false.'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud"; it must be one of debug, info, warn, error, silent.'],
])('says in one line what is wrong with %s=%s, never a secret', (name, value, line) => {
  const said = errorOf({ [name]: value });
  expect(said).toMatch(line);
  expect(said).not.toMatch(/hunter2|\n/);
});

it('names a required variable that is missing', () => {
  expect(errorOf({}, ['JWT_SECRET'])).toMatch(/^JWT_SECRET is not set; it must be a random text of at least 32 bytes, /);
  expect(errorOf({ JWT_SECRET: SECRET }, ['JWT_SECRET', 'DATABASE_URL'])).toMatch(/^DATABASE_URL is not set; it must be a postgresql:/);
  expect(errorOf({ JWT_SECRET: SECRET }, ['JWT_SECRET'])).toBe('none');
});

it('accepts exactly the ports that fetch accepts', async () => {
  // Nothing listens at this loopback address: the system refuses what fetch lets through.
  const why = async (port: number) => await fetch(`http://127.0.0.77:${port}`).catch((error: unknown) => (error as Error).cause);
  const suspects = [
    ...Array.from({ length: 1_023 }, (_, index) => index + 1),
    1719,
    2049,
    3000,
    3659,
    4045,
    4190,
    5060,
    6000,
    6566,
    6667,
    6697,
    8080,
    10080,
  ];
  for (const port of suspects) {
    const refused = String(await why(port)).includes('bad port');
    expect(errorOf({ PORT: String(port) }) !== 'none', String(port)).toBe(refused);
  }
});
