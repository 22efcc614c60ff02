import { createHash } from 'node:crypto';

import type { HttpRequest } from './http-request.ts';

/** A strong entity tag: it changes with the content and only then. */
export function etagOf(content: Buffer | string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether the caller has the content with this tag already, according to `If-None-Match`. A proxy that compresses makes the tag weak. */
export function hasCurrent(request: Pick<HttpRequest, 'headers'>, etag: string): boolean {
  const tags = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.some((tag) => tag === etag || tag === '*');
}
