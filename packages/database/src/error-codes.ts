import { Prisma } from './generated/client.ts';

/**
 * All codes of an error and its causes: Prisma's (`P2002`), PostgreSQL's SQLSTATE (`23505`), the system's (`ECONNREFUSED`) and the kinds of Prisma's driver
 * adapter (`DatabaseNotReachable`). Driver errors are wrapped, and a failed raw query is P2010 with the driver's error in its metadata.
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

/** True when a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return has(error, 'P2002', '23505');
}

/** True when the transaction was rolled back because of a concurrent one (deadlock, serialization failure): run it again. */
export function isTransactionConflict(error: unknown): boolean {
  return has(error, 'P2034', '40001', '40P01');
}

/**
 * The codes of class 22 that concern a given value: too long, out of range, not a date or time, wrong encoding, invalid for its type. The rest of the class
 * concerns the statement or the database: an exhausted sequence, a division by zero.
 */
const INVALID_DATA = ['P2000', 'P2020', '22001', '22003', '22007', '22008', '22021', '22P02', '22P03', '22P05'];

/** True when PostgreSQL can't store a value (NUL in a text, a number out of range): the same call will fail again. */
export function isInvalidData(error: unknown): boolean {
  return has(error, ...INVALID_DATA);
}

/** True when the server's disk is full, or its quota is used up. */
export function isDiskFull(error: unknown): boolean {
  return has(error, '53100', '53400');
}

/** True when the server is read-only: a replica (during a failover, for instance), or configured so. */
export function isReadOnly(error: unknown): boolean {
  return has(error, '25006');
}
