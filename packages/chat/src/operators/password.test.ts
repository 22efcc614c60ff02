import { expect, it } from 'vitest';

import { hashPassword, verifyPassword } from './password.ts';

it('hashes with argon2id and OWASP’s parameters, with a new salt each time', async () => {
  const [a, b] = [await hashPassword('correct horse battery'), await hashPassword('correct horse battery')];
  expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(a).not.toBe(b);
});

it('accepts the right password and rejects wrong ones', async () => {
  const hash = await hashPassword('Pässwörter 漢字');
  expect(await verifyPassword(hash, 'Pässwörter 漢字')).toBe(true);
  // The same characters typed on a keyboard that composes them.
  expect(await verifyPassword(hash, 'Pässwörter 漢字'.normalize('NFD'))).toBe(true);
  expect(await verifyPassword(hash, 'pässwörter 漢字')).toBe(false);
  expect(await verifyPassword(hash, '')).toBe(false);
  expect(await verifyPassword(hash, 'x'.repeat(100_000))).toBe(false);
});
