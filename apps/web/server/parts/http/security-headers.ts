import type { Config } from '../../../config.ts';

type Known = Pick<Config, 'https' | 'production' | 'relay'>;

/** The relay as a content security policy names it: over HTTP for polling and over WebSocket. */
function relaySources({ relay }: Known): string {
  const { origin } = new URL(relay.url);
  return `${origin} ${origin.replace(/^http/, 'ws')}`;
}

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** What a page of the console may do: run only scripts that this answer vouches for by `nonce`, talk to this server and the relay, be framed by nobody. */
export function consolePolicy(config: Known, nonce: string): string {
  return policy({
    'default-src': "'self'",
    // The development server's own scripts use eval.
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${config.production ? '' : " 'unsafe-eval'"}`,
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' blob: data:",
    'font-src': "'self'",
    'media-src': "'self' data:",
    'connect-src': `'self' ${relaySources(config)}`,
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  });
}

/** The policy of the widget's frame. @param sites whose pages may frame it, beside those of this system; empty: pages of any site may */
export function framePolicy(config: Known, sites: readonly string[]): string {
  return policy({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' blob: data:",
    'font-src': "'self'",
    'media-src': "'self' data:",
    'connect-src': `'self' ${relaySources(config)}`,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': sites.length === 0 ? '*' : `'self' ${sites.join(' ')}`,
  });
}

/** The policy of a stored image that is opened as a document: it may load and run nothing. */
export const IMAGE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";

/** The policy of data. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every response: browsers must not guess its type, and use TLS only once they have used it. */
export function addSecurityHeaders(headers: Headers, config: Pick<Known, 'https'>): void {
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Referrer-Policy', 'no-referrer');
  if (config.https) headers.set('Strict-Transport-Security', 'max-age=31536000');
}
