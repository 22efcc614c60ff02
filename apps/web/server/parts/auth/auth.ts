import { hashPassword, verifyPassword } from '@switchboard/chat';
import type { Database } from '@switchboard/database';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@switchboard/protocol';
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
 * Operators' accounts and sessions. Accounts are created on the command line only. Sessions are kept in the database alone, so that signing out or removing an
 * operator takes effect with their next request.
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
      additionalFields: {
        role: { type: 'string', required: false, defaultValue: 'OPERATOR', input: false },
        isSupervisor: { type: 'boolean', required: false, defaultValue: false, input: false },
      },
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
    // `auth-route.ts` has its own limits, which all web servers share.
    rateLimit: { enabled: false },
    advanced: {
      database: { generateId: 'serial' },
      // The name includes the prefix, so that better-auth does not add a weaker one (`__Secure-`).
      cookiePrefix: cookiePrefix(config),
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: config.https },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    // Unexpected errors are thrown, instead of answered as a 500 that does not say whether to retry.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // Only the message: its arguments may contain addresses and e-mails.
      log: (level, message) => (NEVER_WRITTEN.has(level) ? undefined : log.warn({ part: 'auth' }, message)),
    },
  });
}

function sessionSecret({ authSecret, jwtSecrets }: Config): string {
  return authSecret ?? deriveKey(jwtSecrets[0], 'operator sessions').toString('base64url');
}

/**
 * Cookies are not separated by port, so two installations on one host would overwrite each other's: the name contains a hash of the installation. Over TLS,
 * `__Host-` makes browsers accept the cookie from this host only, not from another one on the same domain.
 */
function cookiePrefix(config: Config): string {
  const installation = deriveKey(sessionSecret(config), 'cookie name').toString('hex').slice(0, 8);
  return `${config.https ? '__Host-' : ''}switchboard_${installation}`;
}

export type Auth = ReturnType<typeof createAuth>;
