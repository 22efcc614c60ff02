import { describe, expect, it } from 'vitest';

import { readConfig } from './config.ts';

const JWT_SECRET = 'canary-canary-canary-canary-canary';

describe('the configuration', () => {
  it('needs nothing but a secret', () => {
    expect(readConfig({ JWT_SECRET })).toEqual({
      port: 3001,
      host: undefined,
      allowedOrigins: ['http://localhost:3000'],
      jwtSecret: JWT_SECRET,
      allowAnonymousClients: true,
      maxPayloadBytes: 1_000_000,
      logLevel: 'info',
      redisUrl: undefined,
      drainMs: 10_000,
    });
  });

  it('takes what it is told, and an empty variable as unset', () => {
    const env = {
      JWT_SECRET,
      PORT: '8000',
      SOCKET_PORT: '8001',
      SOCKET_HOST: '127.0.0.1',
      FRONTEND_URL: 'https://chat.example, http://localhost:5000',
      ALLOW_ANONYMOUS_CLIENTS: 'false',
      MAX_SOCKET_PAYLOAD_BYTES: '100000000',
      LOG_LEVEL: 'debug',
    };
    expect(readConfig(env)).toMatchObject({
      port: 8001,
      host: '127.0.0.1',
      allowedOrigins: ['https://chat.example', 'http://localhost:5000'],
      allowAnonymousClients: false,
      maxPayloadBytes: 100_000_000,
      logLevel: 'debug',
    });
    expect(readConfig({ JWT_SECRET, PORT: '8000', FRONTEND_URL: '' }).allowedOrigins).toEqual(['http://localhost:8000']);
  });

  it.each([
    ['SOCKET_PORT', '70000', 'SOCKET_PORT is "70000"; it must be a port number, 1 to 65535.'],
    ['SOCKET_PORT', 'x', 'SOCKET_PORT is "x"; it must be a port number, 1 to 65535.'],
    ['FRONTEND_URL', '*', /^FRONTEND_URL is "\*"; it must be origins such as/],
    ['FRONTEND_URL', 'https://chat.example/', /^FRONTEND_URL is/],
    ['FRONTEND_URL', 'null', /^FRONTEND_URL is/],
    ['ALLOW_ANONYMOUS_CLIENTS', 'maybe', 'ALLOW_ANONYMOUS_CLIENTS is "maybe"; it must be true or false.'],
    ['MAX_SOCKET_PAYLOAD_BYTES', '1e6', /^MAX_SOCKET_PAYLOAD_BYTES is "1e6"; it must be a number of bytes/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL is "loud"; it must be one of debug, info/],
    ['JWT_SECRET', undefined, /^JWT_SECRET is not set; it must be a random text of at least 32 bytes/],
    ['JWT_SECRET', 'canary', /^JWT_SECRET is a value of 6 bytes; it must be a random text of at least 32 bytes/],
  ])('says in one line what is wrong with %s=%s, never a secret', (name, value, message) => {
    const attempt = () => readConfig({ JWT_SECRET, [name]: value });
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow(/canary|\n/);
  });
});
