import { hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose, derived from the one secret of an installation: who learns one key learns neither the secret nor another key. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'switchboard', purpose, 32));
}
