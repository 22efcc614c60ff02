import { mapImage, relayedBody, type LinkedImage, type MessageBody, type RelayedBody } from '@switchboard/protocol/body';
import { UPLOADS_PATH } from '@switchboard/protocol/limits';

/** Makes a bare path parsable; never seen by anybody. */
const NOWHERE = 'https://relative.invalid';

/** What a message says, as it goes over the relay: the picture's address with its origin, because an old front-end shows it on a site of its own. */
export function relayedFields(body: MessageBody<LinkedImage>, origin: string): RelayedBody {
  return relayedBody(mapImage(body, (image) => ({ ...image, url: absoluteUrl(image.url, origin) })));
}

/** With the origin, where it has none. */
function absoluteUrl(url: string | null, origin: string): string | null {
  return url?.startsWith('/') === true && URL.canParse(url, origin) ? new URL(url, origin).href : url;
}

/** The address under which this page gets a relayed picture: an upload of ours from the page's own origin, which may be another one than the sender's. */
export function sameOriginUrl(url: string): string {
  if (!URL.canParse(url, NOWHERE)) return url;
  const { protocol, pathname, search } = new URL(url, NOWHERE);
  return protocol.startsWith('http') && pathname.startsWith(UPLOADS_PATH) ? `${pathname}${search}` : url;
}
