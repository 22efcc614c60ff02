import { mapImage, relayedBody, type LinkedImage, type MessageBody, type RelayedBody } from '@switchboard/protocol/body';
import { UPLOADS_PATH } from '@switchboard/protocol/limits';

/** Base for parsing a bare path; it never appears anywhere. */
const NOWHERE = 'https://relative.invalid';

/** The body fields of a relayed message. The picture's URL is absolute, because an old front-end may run on another site. */
export function relayedFields(body: MessageBody<LinkedImage>, origin: string): RelayedBody {
  return relayedBody(mapImage(body, (image) => ({ ...image, url: absoluteUrl(image.url, origin) })));
}

/** The URL with the origin added if it has none. */
function absoluteUrl(url: string | null, origin: string): string | null {
  return url?.startsWith('/') === true && URL.canParse(url, origin) ? new URL(url, origin).href : url;
}

/** The URL from which this page loads a relayed picture: uploads are loaded from the page's own origin, which may differ from the sender's. */
export function sameOriginUrl(url: string): string {
  if (!URL.canParse(url, NOWHERE)) return url;
  const { protocol, pathname, search } = new URL(url, NOWHERE);
  return protocol.startsWith('http') && pathname.startsWith(UPLOADS_PATH) ? `${pathname}${search}` : url;
}
