import { errorFor } from '@switchboard/protocol';

/** Most parts of a form. The product's forms have two. */
const MAX_PARTS = 10;
/** Most bytes of a part's headers: its field's name, its file's name and type. */
const MAX_HEADER_BYTES = 4 * 1024;
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/**
 * Checks a `multipart/form-data` body before it is parsed: thousands of empty parts, or a part that consists of headers, take far longer to parse than a file
 * of that size. Does not check whether the form is complete.
 *
 * @throws ChatError `invalid_request` when it has too many parts or too long headers, or names no boundary
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
    // The last delimiter ends the form.
    if (parts > MAX_PARTS + 1) throw errorFor('form_too_many_parts', { limit: MAX_PARTS });
    if (bytes.subarray(at, at + 2).toString('latin1') === '--') continue;
    if (!bytes.subarray(at, at + MAX_HEADER_BYTES).includes(END_OF_HEADER))
      throw errorFor('form_headers_too_long', { limit: MAX_HEADER_BYTES });
  }
}
