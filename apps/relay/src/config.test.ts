import { describe, expect, it } from 'vitest';

import { readConfig } from './config.ts';

const JWT_SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';
const PREVIOUS = 'Lp0As4Dg6Fh2Jc8Yr5Nb7Wx1Tm9Qv3Zk';

describe('the configuration', () => {
  it('requires only a secret', () => {
    expect(readConfig({ JWT_SECRET })).toEqual({
      port: 3001,
      host: undefined,
      allowedOrigins: ['http://localhost:3000'],
      jwtSecrets: [JWT_SECRET],
      allowAnonymousClients: true,
      sanitizeHtml: false,
      maxPayloadBytes: 1_000_000,
      maxAnonymousPayloadBytes: 65_536,
      bufferBytes: 2_000_000,
      transports: ['websocket', 'polling'],
      pingIntervalMs: 10_000,
      pingTimeoutMs: 5_000,
      upgradeTimeoutMs: 10_000,
      compression: undefined,
      maxConnections: 20_000,
      maxConnectionsPerAddress: 2_000,
      newcomersPerMinute: 60,
      trustedHops: 0,
      logLevel: 'info',
      redisUrl: undefined,
      drainMs: 10_000,
      metricsToken: undefined,
      engineShortcuts: true,
    });
  });

  it('reads variables, and treats an empty one as unset', () => {
    const env = {
      JWT_SECRET,
      PORT: '8000',
      SOCKET_PORT: '8001',
      SOCKET_HOST: '127.0.0.1',
      FRONTEND_URL: 'https://chat.example, https://localhost:5000',
      ALLOW_ANONYMOUS_CLIENTS: 'false',
      MAX_SOCKET_PAYLOAD_BYTES: '100000000',
      LOG_LEVEL: 'debug',
    };
    expect(readConfig(env)).toMatchObject({
      port: 8001,
      host: '127.0.0.1',
      allowedOrigins: ['https://chat.example', 'https://localhost:5000'],
      allowAnonymousClients: false,
      maxPayloadBytes: 100_000_000,
      maxAnonymousPayloadBytes: 100_000_000,
      logLevel: 'debug',
    });
    expect(readConfig({ JWT_SECRET, PORT: '8000', FRONTEND_URL: '' }).allowedOrigins).toEqual(['http://localhost:8000']);
  });

  it('accepts the settings of Socket.IO in the guide', () => {
    const guide = {
      SOCKET_PING_TIMEOUT_MS: '60000',
      SOCKET_PING_INTERVAL_MS: '25000',
      SOCKET_UPGRADE_TIMEOUT_MS: '30000',
      SOCKET_BUFFER_BYTES: '100000000',
      SOCKET_TRANSPORTS: 'websocket, polling',
      SOCKET_COMPRESSION: 'true',
      SOCKET_COMPRESSION_THRESHOLD_BYTES: '1024',
    };
    expect(readConfig({ JWT_SECRET, ...guide })).toMatchObject({
      pingTimeoutMs: 60_000,
      pingIntervalMs: 25_000,
      upgradeTimeoutMs: 30_000,
      bufferBytes: 100_000_000,
      transports: ['websocket', 'polling'],
      compression: { thresholdBytes: 1_024 },
    });
  });

  it.each([
    ['SOCKET_TRANSPORTS', 'webtransport', 'websocket, polling, or both separated by a comma'],
    ['SOCKET_TRANSPORTS', 'polling,polling', 'websocket, polling, or both separated by a comma'],
    ['SOCKET_PING_TIMEOUT_MS', '20', 'a number of milliseconds, 1000 to 300000'],
    ['SOCKET_BUFFER_BYTES', '5000', 'at least MAX_SOCKET_PAYLOAD_BYTES, which is 1000000'],
  ])('refuses %s=%s with what it must be', (name, value, expected) => {
    expect(() => readConfig({ JWT_SECRET, [name]: value })).toThrow(`${name} is "${value}"; it must be ${expected}.`);
  });

  it('accepts tokens of the previous secret', () => {
    expect(readConfig({ JWT_SECRET, JWT_SECRET_PREVIOUS: PREVIOUS }).jwtSecrets).toEqual([JWT_SECRET, PREVIOUS]);
  });

  it('reports what is wrong, and never a secret', () => {
    expect(() => readConfig({})).toThrow(/^JWT_SECRET is not set; it must be a random text of at least 32 bytes/);
    expect(() => readConfig({ JWT_SECRET: 'hunter2' })).toThrow(/^JWT_SECRET is a value of 7 bytes; it must be/);
    expect(() => readConfig({ JWT_SECRET, SOCKET_PORT: 'x' })).toThrow('SOCKET_PORT is "x"; it must be a port number, 1 to 65535.');
  });
});
