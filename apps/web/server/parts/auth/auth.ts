import { hashPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, verifyPassword } from '@switchboard/chat';
import type { Database } from '@switchboard/database';
import type { Logger } from '@switchboard/telemetry';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';

import type { Config } from '../../../config.ts';
import { ADDRESS_HEADER } from '../connections/note-addresses.ts';
import { deriveKey } from './keys.ts';

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;
const NEVER_WRITTEN = new Set(['debug', 'info']);

/**
 * Accounts and signed-in browsers of operators. Accounts come from the command line only; a session lives in the database alone, so that whoever is
 * signed out or deleted is out with the next request.
 */
export function createAuth(config: Config, db: Database, log: Logger) {
  return betterAuth({
    appName: 'Switchboard',
    baseURL: config.frontendOrigins[0],
    basePath: '/api/auth',
    secret: sessionSecret(config),
    trustedOrigins: [...config.frontendOrigins],
    database: prismaAdapter(db.prisma, { provider: 'postgresql' }),
    user: {
      modelName: 'user',
      additionalFields: { role: { type: 'string', required: false, defaultValue: 'OPERATOR', input: false } },
    },
    session: { modelName: 'authSession', expiresIn: 7 * DAY_S, updateAge: DAY_S, cookieCache: { enabled: false } },
    account: { modelName: 'authAccount', accountLinking: { enabled: false } },
    verification: { modelName: 'authVerification' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
      password: { hash: hashPassword, verify: async ({ hash, password }) => await verifyPassword(hash, password) },
    },
    // `auth-route.ts` limits by itself: for all web servers together.
    rateLimit: { enabled: false },
    advanced: {
      database: { generateId: 'serial' },
      // The prefix is in the name, so that better-auth puts no weaker one (`__Secure-`) before it.
      cookiePrefix: cookiePrefix(config),
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: config.https },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    // Errors that are not answers come out, instead of as a 500 that does not say whether trying again helps.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // Only the sentence: what comes with it may hold addresses and e-mails.
      log: (level, message) => (NEVER_WRITTEN.has(level) ? undefined : log.warn({ part: 'auth' }, message)),
    },
  });
}

function sessionSecret({ authSecret, jwtSecrets }: Config): string {
  return authSecret ?? deriveKey(jwtSecrets[0], 'operator sessions').toString('base64url');
}

/**
 * Cookies know no ports, so two installations on one host would overwrite each other's: the name says whose it is. Over TLS `__Host-` has browsers
 * take the cookie from this very host only, not from a neighbor on the same domain.
 */
function cookiePrefix(config: Config): string {
  const installation = deriveKey(sessionSecret(config), 'cookie name').toString('hex').slice(0, 8);
  return `${config.https ? '__Host-' : ''}switchboard_${installation}`;
}

export type Auth = ReturnType<typeof createAuth>;
