import { errorFor } from '@switchboard/protocol';

/** Parts of a form. Ours have two. */
const MAX_PARTS = 10;
/** Bytes of what is before a part's content: its field's name, its file's name and type. */
const MAX_HEADER_BYTES = 4 * 1024;
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/**
 * Looks at a `multipart/form-data` body before it is parsed: thousands of empty parts, or one part of nothing but headers, take far more time than a file of
 * that size. Says nothing about whether it is complete.
 *
 * @throws ChatError `invalid_request` when it has more parts or longer headers than any form of ours, or names no boundary
 */
export function requirePlainForm(bytes: Buffer, contentType: string): void {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw errorFor('form_without_boundary');
  const delimiter = Buffer.from(`--${name}`);
  let parts = 0;
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at)) {
    at += delimiter.length;
    parts += 1;
    // One more stands at the end.
    if (parts > MAX_PARTS + 1) throw errorFor('form_too_many_parts', { limit: MAX_PARTS });
    if (bytes.subarray(at, at + 2).toString('latin1') === '--') continue;
    if (!bytes.subarray(at, at + MAX_HEADER_BYTES).includes(END_OF_HEADER))
      throw errorFor('form_headers_too_long', { limit: MAX_HEADER_BYTES });
  }
}
