import { randomBytes } from 'node:crypto';

import { NextResponse, type NextRequest } from 'next/server';

import { addSecurityHeaders, consolePolicy } from './server/parts/http/security-headers.ts';
import { services } from './server/services/services.ts';

/** Puts the console's content security policy on its pages. Nothing is authorised here: that is done where data is read and written. */
export function proxy(request: NextRequest): NextResponse {
  const { config: settings } = services();
  const policy = consolePolicy(settings, randomBytes(16).toString('base64'));
  // Next.js finds the nonce in the request's policy and writes it on its own scripts.
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  addSecurityHeaders(response.headers, settings);
  return response;
}

/** Pages only: routes set their own headers, and an upload that passed here would be cut off at 10 MB. */
export const config = { matcher: '/((?!api/|_next/|widget|livez|readyz|metrics|demo|favicon.ico).*)' };
