/** Data URLs of pictures. SVG is excluded: it is a document. */
const DATA_URL = /^data:image\/(?:avif|gif|jpeg|png|webp)[;,]/iu;

/**
 * The URL of a picture if it is safe to use in a page, otherwise undefined: the sender controls the URL of a message's picture. Safe are relative, `http:`,
 * `https:` and `blob:` URLs, and data URLs of pictures.
 */
export function safeImageUrl(url: string | null): string | undefined {
  if (url === null) return undefined;
  if (DATA_URL.test(url)) return url;
  // The base makes relative URLs parsable.
  if (!URL.canParse(url, 'https://relative.invalid')) return undefined;
  const { protocol } = new URL(url, 'https://relative.invalid');
  return protocol === 'https:' || protocol === 'http:' || protocol === 'blob:' ? url : undefined;
}

/**
 * The host of a picture on another site, undefined for a picture of this page's own origin. Pictures of other sites are not loaded but shown as a link:
 * loading them would reveal to the site who views the conversation, and when.
 *
 * @param url the result of `safeImageUrl`
 * @param here this page's origin
 */
export function externalHost(url: string, here: string): string | undefined {
  const { protocol, origin, host } = new URL(url, here);
  return (protocol === 'https:' || protocol === 'http:') && origin !== here ? host : undefined;
}
