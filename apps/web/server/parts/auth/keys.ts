import { hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose, derived from the secret of the installation. A leaked key reveals neither the secret nor other keys. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'switchboard', purpose, 32));
}
