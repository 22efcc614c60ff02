import { describe, expect, it } from 'vitest';

import { readConfig } from './config.ts';

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';
const PREVIOUS = 'vY7mQ2xT9bK4nW1rC8jH5gD3sF6pL0zA';
const MINIMAL = { DATABASE_URL: 'postgresql://u:p4ss@localhost/db', JWT_SECRET: SECRET };

describe('readConfig', () => {
  it('has the defaults of the contract', () => {
    expect(readConfig({ ...MINIMAL, PORT: '4000', SOCKET_PORT: '4001' })).toMatchObject({
      frontendOrigins: ['http://localhost:4000'],
      relay: { url: 'http://localhost:4001', path: '/chat' },
      relayInternalUrl: 'http://127.0.0.1:4001',
      maxImageBytes: 10_485_760,
      trustedHops: 0,
      https: false,
      widgetOrigins: undefined,
      demo: true,
    });
  });

  it('sends hints to the relay directly, whatever address browsers use', () => {
    const behindProxy = { ...MINIMAL, NEXT_PUBLIC_SOCKET_URL: 'https://chat.example' };
    expect(readConfig(behindProxy).relayInternalUrl).toBe('http://127.0.0.1:3001');
    expect(readConfig({ ...behindProxy, SOCKET_HOST: '::' }).relayInternalUrl).toBe('http://[::1]:3001');
    expect(readConfig({ ...behindProxy, RELAY_INTERNAL_URL: 'http://relay:3001/' }).relayInternalUrl).toBe('http://relay:3001');
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig({ ...MINIMAL, FRONTEND_URL: '', MAX_IMAGE_BYTES: '' }).frontendOrigins).toEqual(['http://localhost:3000']);
  });

  it('enables the demo outside production by default', () => {
    expect(readConfig({ ...MINIMAL, NODE_ENV: 'production' }).demo).toBe(false);
    expect(readConfig({ ...MINIMAL, NODE_ENV: 'production', ENABLE_DEMO: 'true' }).demo).toBe(true);
    expect(readConfig({ ...MINIMAL, ENABLE_DEMO: 'false' }).demo).toBe(false);
  });

  it('reads several origins and detects TLS', () => {
    const config = readConfig({ ...MINIMAL, FRONTEND_URL: 'https://chat.example, https://127.0.0.1:3000' });
    expect(config.frontendOrigins).toEqual(['https://chat.example', 'https://127.0.0.1:3000']);
    expect(config.https).toBe(true);
  });

  it('accepts signatures of the previous secret', () => {
    expect(readConfig({ ...MINIMAL, JWT_SECRET_PREVIOUS: PREVIOUS }).jwtSecrets).toEqual([SECRET, PREVIOUS]);
  });

  it.each([
    ['JWT_SECRET', undefined, /^JWT_SECRET is not set; it must be a random text of at least 32 bytes/],
    ['DATABASE_URL', undefined, /^DATABASE_URL is not set; it must be a postgresql:\/\/ address/],
    ['DATABASE_URL', 'mysql://root:hunter2@h/db', /^DATABASE_URL is a value of 25 bytes; it must be an address/],
    ['ENABLE_DEMO', '1', 'ENABLE_DEMO is "1"; it must be true or false.'],
  ])('names %s when it is %s', (name, value, message) => {
    expect(() => readConfig({ ...MINIMAL, [name]: value })).toThrow(message);
  });
});
