import { fail, ok, type Outcome } from '../outcome.ts';
import type { Page } from './page.ts';

/** The expectations for the headers of a console page. */
export interface Expected {
  /** Whether the console uses TLS. */
  readonly https: boolean;
  /** NEXT_PUBLIC_SOCKET_URL. */
  readonly socketUrl: string;
}

/** Whether the console's page arrives with its security headers, and its policy allows connections to the relay. */
export function judgeHeaders({ headers }: Page, { https, socketUrl }: Expected): Outcome {
  const policy = headers.get('content-security-policy') ?? '';
  const missing = [
    ...(policy.includes("frame-ancestors 'none'") && policy.includes('script-src') ? [] : ['Content-Security-Policy']),
    ...(headers.get('x-content-type-options') === 'nosniff' ? [] : ['X-Content-Type-Options']),
    ...(headers.has('referrer-policy') ? [] : ['Referrer-Policy']),
    ...(!https || headers.has('strict-transport-security') ? [] : ['Strict-Transport-Security']),
  ];
  if (missing.length > 0)
    return fail(
      `${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not arrive as the web app sends ${missing.length === 1 ? 'it' : 'them'}`,
      'Make the proxy pass on the web app’s headers unchanged.',
    );
  const relay = new URL(socketUrl).origin;
  const connect = /connect-src ([^;]*)/.exec(policy)?.[1]?.split(' ') ?? [];
  if (!connect.includes(relay) || !connect.includes(relay.replace(/^http/, 'ws')))
    return fail(
      `the page may not connect to ${relay} (connect-src ${connect.join(' ')})`,
      'The web app was started with another NEXT_PUBLIC_SOCKET_URL: set the same value and restart it.',
    );
  return ok();
}
