/** Pictures that carry themselves. No SVG: it is a document. */
const CARRIED = /^data:image\/(?:avif|gif|jpeg|png|webp)[;,]/iu;

/**
 * The address of a picture as it may stand in a page, or undefined when there is none: a message's picture comes as its sender gave it. An address of this
 * site, of the web, of this page's own memory, or a picture that carries itself.
 */
export function safeImageUrl(url: string | null): string | undefined {
  if (url === null) return undefined;
  if (CARRIED.test(url)) return url;
  // Against an address nobody has, so that what is relative can be told.
  if (!URL.canParse(url, 'https://relative.invalid')) return undefined;
  const { protocol } = new URL(url, 'https://relative.invalid');
  return protocol === 'https:' || protocol === 'http:' || protocol === 'blob:' ? url : undefined;
}

/**
 * The host of a picture that is on another site, undefined for one of this page's own. Our pages load none of those: a picture elsewhere would tell its
 * owner who looks at the conversation, and when. They are shown as a link.
 *
 * @param url as `safeImageUrl` gives it
 * @param here this page's origin
 */
export function externalHost(url: string, here: string): string | undefined {
  const { protocol, origin, host } = new URL(url, here);
  return (protocol === 'https:' || protocol === 'http:') && origin !== here ? host : undefined;
}
