import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ConfigError, readVariables, requireStrongSecrets, weaknessOfSecrets } from './index.ts';
import { estimateBits, isGuessable } from './secret-strength.ts';

const ONE = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';
const OTHER = 'b41f7c0e9d2a86e35f0c7b91d84a6e23';

const GUESSABLE = [
  // Examples from many documents.
  'your-super-secret-jwt-key-change-this-in-production',
  'a-string-secret-at-least-256-bits-long',
  'your-256-bit-secret-your-256-bit-secret',
  'REPLACE_ME_WITH_A_LONG_RANDOM_STRING',
  '<insert your secret here 32 chars min>',
  'django-insecure-change-me-please-now-12345',
  'changeme-changeme-changeme-12345678',
  '123e4567-e89b-12d3-a456-426614174000',
  // Rows of characters and of keys.
  '0123456789abcdef0123456789abcdef',
  'FEDCBA9876543210FEDCBA9876543210',
  '00112233445566778899aabbccddeeff',
  '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  'abcdefghijklmnopqrstuvwxyz123456',
  'A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6',
  'aaaabbbbccccddddeeeeffffgggghhhhiiiijjjj',
  'qwertyuiopasdfghjklzxcvbnm123456',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9',
  '12345678901234567890123456789012',
  '31415926535897932384626433832795',
  // A short text, repeated.
  'P@ssw0rd!P@ssw0rd!P@ssw0rd!P@ssw0rd!',
  'xK9mP2xK9mP2xK9mP2xK9mP2xK9mP2xK9mP2',
  'deadbeefdeadbeefdeadbeefdeadbeef',
  'Tr0ub4dor&3Tr0ub4dor&3Tr0ub4dor&3',
  // Words and sentences, in several languages and spellings.
  'correcthorsebatterystaplecorrecthorse',
  'this-is-a-very-long-secret-that-nobody-will-guess',
  'ThisIsMySecretKeyForJWTAuthenticationInNode',
  'sup3rs3cr3tk3yth4tn0b0dyw1llgu3ss!!',
  'the quick brown fox jumps over the lazy dog',
  'mein-geheimes-passwort-fuer-den-chat-server',
  'je-ne-sais-pas-quoi-mettre-ici-pour-le-secret',
  'acme-corp-livechat-signing-key-do-not-share',
  'switchboard-production-jwt-secret-2025',
  'JWT_SECRET_JWT_SECRET_JWT_SECRET_1234',
  // Encoded: base64 and hexadecimal of words, digests of "password", "secret" and the empty text.
  Buffer.from('supersecretsupersecretsupersecret').toString('base64'),
  Buffer.from('please change this secret before use').toString('hex'),
  '5f4dcc3b5aa765d61d8327deb882cf99',
  '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
  'D41D8CD98F00B204E9800998ECF8427E',
];

it.each(GUESSABLE)('considers %s guessable', (secret) => {
  expect(isGuessable(secret)).toBe(true);
});

const BYTES = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));

it.each([
  ['openssl rand -base64 32', BYTES(32).map((bytes) => bytes.toString('base64'))],
  ['base64url of 32 bytes', BYTES(32).map((bytes) => bytes.toString('base64url'))],
  ['openssl rand -hex 32', BYTES(32).map((bytes) => bytes.toString('hex'))],
  ['openssl rand -hex 16', BYTES(16).map((bytes) => bytes.toString('hex'))],
  ['a random text after a name', BYTES(16).map((bytes) => `switchboard-${bytes.toString('hex')}`)],
])(
  'considers no output of %s guessable',
  (_, secrets) => {
    const alarms: string[] = [];
    const property = fc.property(secrets, (secret) => void (isGuessable(secret) && alarms.push(secret)));
    // A fixed seed, 10,000 runs in total: the test must not fail at random because of a rare false alarm.
    fc.assert(property, { numRuns: 2_000, seed: 20_251_125 });
    expect(alarms).toEqual([]);
  },
  60_000,
);

it('examines a bounded part of a secret, however long it is', () => {
  const long = 'changeme'.repeat(100_000);
  expect(isGuessable(long)).toBe(true);
  expect(estimateBits(`${ONE}${long}`)).toBe(estimateBits(`${ONE}${long}${long}`));
});

it('names a secret that is weak, equals another or contains another, and shows no value', () => {
  expect(weaknessOfSecrets({})).toBeUndefined();
  expect(weaknessOfSecrets({ JWT_SECRET: ONE, AUTH_SECRET: OTHER })).toBeUndefined();
  const weaknesses = [
    weaknessOfSecrets({ JWT_SECRET: ONE, AUTH_SECRET: 'changeme'.repeat(5) }),
    weaknessOfSecrets({ JWT_SECRET: ONE, AUTH_SECRET: ONE }),
    weaknessOfSecrets({ JWT_SECRET: ONE, METRICS_TOKEN: `${ONE}2` }),
    weaknessOfSecrets({ JWT_SECRET: OTHER, JWT_SECRET_PREVIOUS: ONE, AUTH_SECRET: ONE.toUpperCase() }),
  ];
  expect(weaknesses).toEqual([
    'AUTH_SECRET can be guessed: it is made of words, a pattern, or a well-known example',
    'AUTH_SECRET is the same as JWT_SECRET, or contains it',
    'METRICS_TOKEN is the same as JWT_SECRET, or contains it',
    'AUTH_SECRET is the same as JWT_SECRET_PREVIOUS, or contains it',
  ]);
});

it('stops servers in production, and no others', () => {
  const start = (environment: Record<string, string>) => () => requireStrongSecrets(readVariables(environment), environment);
  const [JWT_SECRET = ''] = GUESSABLE;
  expect(start({ NODE_ENV: 'production', JWT_SECRET })).toThrow(ConfigError);
  expect(start({ NODE_ENV: 'production', JWT_SECRET })).toThrow(
    /^JWT_SECRET can be guessed: .*; with NODE_ENV=production each must be a random text /,
  );
  expect(start({ NODE_ENV: 'production', JWT_SECRET: ONE, AUTH_SECRET: ONE })).toThrow(/^AUTH_SECRET is the same as JWT_SECRET/);
  expect(start({ NODE_ENV: 'production', JWT_SECRET: ONE, AUTH_SECRET: OTHER })).not.toThrow();
  expect(start({ JWT_SECRET })).not.toThrow();
  expect(start({ NODE_ENV: 'production', SWITCHBOARD_SUPERVISED: '1', JWT_SECRET })).not.toThrow();
});
