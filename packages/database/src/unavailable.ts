import { errorCodes } from './error-codes.ts';
import { Prisma } from './generated/client.ts';

/** Prisma's codes for a database that is down or overloaded: unreachable, timeout, too many connections, closed, transaction could not start. */
const UNAVAILABLE = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);
/** PostgreSQL classes 08 (connection), 53 (resources, a full disk among them), 57P (shutdown), 25006 (read-only, as in a failover) and the timeouts 57014, 25P03, 55P03. */
const SQLSTATE = /^(08|53|57P)|^(25006|57014|25P03|55P03)$/;
/** The names of the same errors in Prisma's driver adapter. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const NETWORK =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|the database system is/;

/**
 * True when an error means that the database is down or overloaded, so that the same call may succeed later; false for errors that would occur again. It
 * follows `cause`, since driver errors are wrapped.
 */
export function isUnavailable(error: unknown): boolean {
  if (errorCodes(error).some((code) => UNAVAILABLE.has(code) || KINDS.has(code) || SQLSTATE.test(code) || NETWORK.test(code))) return true;
  for (let depth = 0, current = error; depth < 6 && current instanceof Error; depth += 1, current = current.cause) {
    // Its message quotes the call's arguments, which may contain anything.
    if (current instanceof Prisma.PrismaClientValidationError) return false;
    if (current instanceof Prisma.PrismaClientInitializationError || NETWORK.test(current.message)) return true;
  }
  return false;
}
