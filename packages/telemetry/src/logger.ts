import { pino, stdTimeFunctions } from 'pino';

/** Structured logging. The object holds ids and figures: never a message's body, never a token. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that are never written, whoever passes them, at the top or one level down. */
const SECRET_FIELDS = ['token', 'authorization', 'cookie', 'password', 'text', 'message', 'secret', 'resumeToken'];

/** A logger that writes JSON lines to standard output, each with `service` and an ISO time. */
export function createLogger(service: string, level: LogLevel = 'info'): Logger {
  return pino({
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    messageKey: 'msg',
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]).filter((path) => path !== '*.message'), censor: '[redacted]' },
  });
}

/** Says nothing: for tests and tools. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };
