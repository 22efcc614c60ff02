import { describe, expect, it } from 'vitest';

import { createImageLinks } from './image-links.ts';
import { deriveKey } from '../auth/keys.ts';

const PATH = '/api/chat/uploads/0191d2a4-0000-4000-8000-000000000001';
const NOON = Date.parse('2026-11-23T12:00:00Z');
const key = deriveKey('a secret for tests that is long enough', 'image links');

function parts(link: string): [string, string | null, string | null] {
  const url = new URL(link, 'https://chat.example');
  return [url.pathname, url.searchParams.get('e'), url.searchParams.get('s')];
}

describe('image links', () => {
  it('are the same all day and valid until the end of the next day', () => {
    let now = NOON;
    const links = createImageLinks([key], () => now);
    const link = links.sign(PATH);
    now = Date.parse('2026-11-23T23:59:59Z');
    expect(links.sign(PATH)).toBe(link);
    now = Date.parse('2026-11-24T23:59:59Z');
    expect(links.check(...parts(link))).toBe('good');
    now = Date.parse('2026-11-25T00:00:00Z');
    expect(links.check(...parts(link))).toBe('expired');
    expect(links.sign(PATH)).not.toBe(link);
  });

  it('are valid for one image only', () => {
    const links = createImageLinks([key], () => NOON);
    const [path, expires, signature] = parts(links.sign(PATH));
    expect(links.check(path.replace(/1$/, '2'), expires, signature)).toBe('forged');
    expect(links.check(path, String(Number(expires) + 86_400), signature)).toBe('forged');
    expect(links.check(path, expires, `${signature?.slice(0, -2)}AA`)).toBe('forged');
    expect(links.check(path, expires, '')).toBe('forged');
    expect(links.check(path, expires, null)).toBe('forged');
    expect(links.check(path, null, signature)).toBe('forged');
    expect(links.check(path, 'Infinity', signature)).toBe('forged');
  });

  it('are invalid under another secret, unless the secret was rotated', () => {
    const otherKey = deriveKey('another secret for tests, long enough', 'image links');
    const other = createImageLinks([otherKey], () => NOON);
    expect(other.check(...parts(createImageLinks([key], () => NOON).sign(PATH)))).toBe('forged');
    const rotated = createImageLinks([otherKey, key], () => NOON);
    expect(rotated.check(...parts(createImageLinks([key], () => NOON).sign(PATH)))).toBe('good');
    expect(other.check(...parts(rotated.sign(PATH)))).toBe('good');
  });
});
