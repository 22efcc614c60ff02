import { describe, expect, it } from 'vitest';

import { ConfigError, readConfig } from './config.ts';

const SECRET = 'thirty-two bytes are just enough';
const MINIMAL = { DATABASE_URL: 'postgresql://u:p4ss@localhost/db', JWT_SECRET: SECRET };

describe('readConfig', () => {
  it('fills in what the contract says', () => {
    expect(readConfig({ ...MINIMAL, PORT: '4000', SOCKET_PORT: '4001' })).toMatchObject({
      frontendOrigins: ['http://localhost:4000'],
      relay: { url: 'http://localhost:4001', path: '/chat' },
      relayInternalUrl: 'http://localhost:4001',
      maxImageBytes: 10_485_760,
      trustedHops: 0,
      https: false,
      widgetOrigins: undefined,
      demo: true,
    });
  });

  it('takes an empty variable as unset', () => {
    expect(readConfig({ ...MINIMAL, FRONTEND_URL: '', MAX_IMAGE_BYTES: '' }).frontendOrigins).toEqual(['http://localhost:3000']);
  });

  it('shows the demo outside production unless told otherwise', () => {
    expect(readConfig({ ...MINIMAL, NODE_ENV: 'production' }).demo).toBe(false);
    expect(readConfig({ ...MINIMAL, NODE_ENV: 'production', ENABLE_DEMO: 'true' }).demo).toBe(true);
    expect(readConfig({ ...MINIMAL, ENABLE_DEMO: 'false' }).demo).toBe(false);
  });

  it('reads several origins and sees that one is reached over TLS', () => {
    const config = readConfig({ ...MINIMAL, FRONTEND_URL: 'https://chat.example, http://127.0.0.1:3000' });
    expect(config.frontendOrigins).toEqual(['https://chat.example', 'http://127.0.0.1:3000']);
    expect(config.https).toBe(true);
  });

  it.each([
    ['JWT_SECRET', undefined, 'JWT_SECRET is not set; it must be a random text of at least 32 bytes, the same one that the relay has.'],
    ['JWT_SECRET', 'hunter2', 'JWT_SECRET is a value of 7 bytes; it must be at least 32 bytes long.'],
    ['DATABASE_URL', 'mysql://root:hunter2@h/db', 'DATABASE_URL is a value of 25 bytes; it must be a postgresql:// address'],
    ['PORT', '70000', 'PORT is "70000"; it must be a port number, 1 to 65535.'],
    ['FRONTEND_URL', 'https://chat.example/', 'FRONTEND_URL is "https://chat.example/"; it must be origins such as'],
    ['FRONTEND_URL', '*', 'FRONTEND_URL is "*"; it must be origins such as'],
    ['WIDGET_ORIGINS', 'shop.example', 'WIDGET_ORIGINS is "shop.example"; it must be origins such as'],
    ['NEXT_PUBLIC_SOCKET_URL', 'localhost:3001', 'NEXT_PUBLIC_SOCKET_URL is "localhost:3001"; it must be an address such as'],
    ['NEXT_PUBLIC_SOCKET_PATH', 'chat', 'NEXT_PUBLIC_SOCKET_PATH is "chat"; it must be a path such as /chat.'],
    ['MAX_IMAGE_BYTES', '10MB', 'MAX_IMAGE_BYTES is "10MB"; it must be a number of bytes'],
    ['TRUST_PROXY', 'yes', 'TRUST_PROXY is "yes"; it must be how many reverse proxies stand in front, 0 to 10.'],
    ['ENABLE_DEMO', '1', 'ENABLE_DEMO is "1"; it must be true or false.'],
  ])('names %s when it is %s', (name, value, message) => {
    let thrown: unknown;
    try {
      readConfig({ ...MINIMAL, [name]: value });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    const said = thrown instanceof Error ? thrown.message : '';
    expect(said).toContain(message);
    expect(said).not.toContain('\n');
    expect(said).not.toContain('hunter2');
  });
});
