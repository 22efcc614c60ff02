import { createHmac, timingSafeEqual } from 'node:crypto';

const DAY_S = 24 * 60 * 60;

/** Signs the paths of stored images, so that a link gives access to one image for one or two days. */
export interface ImageLinks {
  /** `/api/chat/uploads/<id>` → the same with `?e=<unix seconds>&s=<signature>`. */
  sign(path: string): string;
  /** Whether a link is valid now. */
  check(path: string, expires: string | null, signature: string | null): 'good' | 'expired' | 'forged';
}

/**
 * Links are signed with the first of `keys` and checked with all. They expire at the end of the next UTC day, so an image has the same link all day and browsers cache it.
 *
 * @param now milliseconds since 1970
 */
export function createImageLinks(keys: readonly [Buffer, ...Buffer[]], now: () => number = Date.now): ImageLinks {
  const signatureOf = (key: Buffer, path: string, expires: string) => createHmac('sha256', key).update(`${path}\n${expires}`).digest();
  return {
    sign(path) {
      const today = Math.floor(now() / 1000 / DAY_S);
      const expires = String((today + 2) * DAY_S);
      return `${path}?e=${expires}&s=${signatureOf(keys[0], path, expires).toString('base64url')}`;
    },
    check(path, expires, signature) {
      if (expires === null || signature === null || !/^\d{1,12}$/.test(expires)) return 'forged';
      const given = Buffer.from(signature, 'base64url');
      const isOf = (key: Buffer) => {
        const expected = signatureOf(key, path, expires);
        return given.length === expected.length && timingSafeEqual(given, expected);
      };
      if (!keys.some(isOf)) return 'forged';
      return Number(expires) * 1000 > now() ? 'good' : 'expired';
    },
  };
}
