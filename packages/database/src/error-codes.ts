import { Prisma } from './generated/client.ts';

/**
 * All codes that an error and its causes carry: Prisma's (`P2002`), PostgreSQL's SQLSTATE (`23505`), the system's (`ECONNREFUSED`) and the kinds of
 * Prisma's driver adapter (`DatabaseNotReachable`). Driver errors arrive wrapped, and a failed raw query is P2010 with the driver's error in its
 * metadata.
 */
export function errorCodes(error: unknown): string[] {
  const codes: unknown[] = [];
  for (let depth = 0, current = error; depth < 6 && isObject(current); depth += 1, current = current.cause) {
    codes.push(current.code, current.originalCode, current.kind);
    if (current instanceof Prisma.PrismaClientKnownRequestError)
      codes.push(...errorCodes(current.meta?.driverAdapterError), current.meta?.code);
  }
  return codes.filter((code) => typeof code === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const has = (error: unknown, ...codes: string[]) => errorCodes(error).some((code) => codes.includes(code));

/** True when a unique index refused a row: somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  return has(error, 'P2002', '23505');
}

/** True when the transaction was rolled back only because of another one at the same time (deadlock, serialisation): run it again. */
export function isTransactionConflict(error: unknown): boolean {
  return has(error, 'P2034', '40001', '40P01');
}

/**
 * What of class 22 is about a value that was sent: too long, out of range, no date or time, not of the encoding, no value of its type. The rest of the class
 * is about the statement or the database: a sequence at its end, a division by zero.
 */
const INVALID_DATA = ['P2000', 'P2020', '22001', '22003', '22007', '22008', '22021', '22P02', '22P03', '22P05'];

/** True when PostgreSQL can't store a value (a NUL character in a text, a number out of range): the same call will fail again. */
export function isInvalidData(error: unknown): boolean {
  return has(error, ...INVALID_DATA);
}

/** True when the server has no room left on its disk, or may not take more of it. */
export function isDiskFull(error: unknown): boolean {
  return has(error, '53100', '53400');
}

/** True when the server takes no writes: a replica, during a failover for instance, or one that was told so. */
export function isReadOnly(error: unknown): boolean {
  return has(error, '25006');
}
