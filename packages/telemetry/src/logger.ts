import { type DestinationStream, pino, stdSerializers, stdTimeFunctions } from 'pino';

import { limitRepeats, shortened } from './log-limits.ts';

/** A structured logger. Fields hold ids and figures: never a message's body, never a token. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that are always redacted, at the top level and one level down. */
const SECRET_FIELDS = ['token', 'authorization', 'cookie', 'password', 'text', 'message', 'secret', 'resumeToken'];

/**
 * A logger that writes JSON lines to standard output, each with `service` and an ISO time. Texts are cut and repeated entries are counted
 * (`log-limits.ts`), so that nobody can make the log grow without bounds.
 *
 * @param destination the stream to write to instead of standard output
 */
export function createLogger(service: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => shortened(fields) as Record<string, unknown>,
    },
    serializers: { err: (error: unknown) => shortened(error instanceof Error ? { ...stdSerializers.err(error) } : error) },
    messageKey: 'msg',
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]).filter((path) => path !== '*.message'), censor: '[redacted]' },
  };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return limitRepeats(cuttingMessages(log));
}

/** Cuts messages: they are constants, except those of a library's log. */
function cuttingMessages(log: Logger): Logger {
  const short = (message: string) => String(shortened(message));
  return {
    debug: (fields, message) => log.debug(fields, short(message)),
    info: (fields, message) => log.info(fields, short(message)),
    warn: (fields, message) => log.warn(fields, short(message)),
    error: (fields, message) => log.error(fields, short(message)),
    child: (fields) => cuttingMessages(log.child(fields)),
  };
}

/** A logger that writes nothing, for tests and tools. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };
