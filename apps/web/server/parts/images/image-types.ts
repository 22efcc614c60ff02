import { isVisible, type IMAGE_TYPES } from '@switchboard/protocol';

export type ImageType = (typeof IMAGE_TYPES)[number];

export const EXTENSIONS: Readonly<Record<ImageType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** The type according to the first bytes, whatever name or sender say; undefined for types that are not accepted. */
export function detectImageType(bytes: Buffer): ImageType | undefined {
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png';
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return 'image/gif';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp';
  return undefined;
}

/** `Content-Disposition` for an image that is shown: its name with the matching extension, as plain ASCII and in full (RFC 6266). */
export function inlineAs(name: string, type: ImageType): string {
  const stem = name.replace(/\.[^.]*$/, '') || 'image';
  const full = `${stem}.${EXTENSIONS[type]}`;
  const plain = full.replaceAll(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(full.replaceAll(/\p{Cs}/gu, '_')).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
  return `inline; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** A file name without folders and invisible characters, at most 255 characters. */
export function cleanName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(-255);
  return isVisible(clean) ? clean : 'image';
}
