import { errorFor, invalidField, UPLOADS_PATH } from '@switchboard/protocol';

import type { Actor } from '../../actor.ts';
import { isPermitted } from '../../permissions.ts';
import { isUuid } from '../../uuid.ts';

/** Makes a bare path parsable; never stored. */
const BASE = 'http://upload.invalid';

/** What an image message names: an upload (by its id), or for operators a picture on another site. */
export interface ImageReference {
  /** The stored value: the canonical path of an upload without origin and signature, or the URL as given. */
  readonly url: string;
  readonly uploadId: string | null;
}

/**
 * Reads the URL of an image message. Whether the upload exists and belongs to the conversation is checked later, with the database.
 *
 * @throws ChatError `forbidden` for a visitor whose URL is no upload, `invalid_request` for a URL that no `<img>` should load
 */
export function readImageUrl(actor: Actor, value: string, field: string): ImageReference {
  const refuse = (problem: string) => invalidField(field, problem);
  if (/^data:/i.test(value)) throw refuse('must not be a data URL: upload the image first and send the imageUrl of the answer');
  const url = URL.canParse(value, BASE) ? new URL(value, BASE) : null;
  const id = url !== null && url.pathname.startsWith(UPLOADS_PATH) ? url.pathname.slice(UPLOADS_PATH.length).toLowerCase() : '';
  if (isUuid(id)) return { url: `${UPLOADS_PATH}${id}`, uploadId: id };
  if (!isPermitted(actor, 'message.link-anywhere')) {
    throw errorFor('upload_required', undefined, { fields: { [field]: 'is no upload' } });
  }
  if (!/^https?:\/\//i.test(value) || url === null) throw refuse('must be an upload or an absolute http(s) URL');
  return { url: value, uploadId: null };
}
