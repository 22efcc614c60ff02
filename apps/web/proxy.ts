import { randomBytes } from 'node:crypto';

import { NextResponse, type NextRequest } from 'next/server';

import { addSecurityHeaders, consolePolicy } from './server/parts/http/security-headers.ts';
import { services } from './server/services/services.ts';

/** Adds the content security policy to the console's pages. It authorizes nothing: that happens where data is read and written. */
export function proxy(request: NextRequest): NextResponse {
  const { config: settings } = services();
  const policy = consolePolicy(settings, randomBytes(16).toString('base64'));
  // Next.js reads the nonce from the request's policy and adds it to its scripts.
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  addSecurityHeaders(response.headers, settings);
  return response;
}

/** Pages only: routes set their own headers, and uploads would be limited to 10 MB here. */
export const config = { matcher: '/((?!api/|_next/|widget|livez|readyz|metrics|demo|favicon.ico).*)' };
