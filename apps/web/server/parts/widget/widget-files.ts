import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorFor } from '@switchboard/protocol';

const cache = new Map<string, { readonly modifiedAt: number; readonly bytes: Buffer<ArrayBuffer> }>();

/**
 * A file of the built widget, by its path in the build's folder; undefined when it does not exist. Cached until the file changes: the same buffer means the
 * same content.
 *
 * @param path made from constants and names checked by `isAssetName`, never a request's raw path
 */
export async function readWidgetFile(widgetDir: string, path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  const full = join(widgetDir, path);
  try {
    const { mtimeMs } = await stat(full);
    const known = cache.get(full);
    if (known?.modifiedAt === mtimeMs) return known.bytes;
    const bytes = await readFile(full);
    cache.set(full, { modifiedAt: mtimeMs, bytes });
    return bytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) return undefined;
    throw error;
  }
}

/** The same for a file that every build has. @throws ChatError `unavailable` when the widget has not been built */
export async function requireWidgetFile(widgetDir: string, path: string): Promise<Buffer<ArrayBuffer>> {
  const bytes = await readWidgetFile(widgetDir, path);
  if (bytes === undefined) throw errorFor('widget_not_built');
  return bytes;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  png: 'image/png',
  svg: 'image/svg+xml',
  wav: 'audio/wav',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

/** Whether this can be the name of one of the frame's assets: no folders, no dots in front, a type that we serve. */
export function isAssetName(name: string): boolean {
  return /^\w[\w.-]{0,200}$/.test(name) && typeOf(name) !== undefined;
}

export function typeOf(name: string): string | undefined {
  return TYPES[name.slice(name.lastIndexOf('.') + 1)];
}
