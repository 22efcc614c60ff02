import { Prisma } from '@switchboard/database';

/** Seconds after its last heartbeat at which an open console counts as closed. */
const OFFLINE_AFTER_S = 60;

/** A condition on a row `p` of `Presence`, by the clock of the database. True at most `OFFLINE_AFTER_S` after the last heartbeat, also while no server runs. */
export const IS_ONLINE = Prisma.sql`(p."isOnline" AND p."lastSeenAt" > now() - ${OFFLINE_AFTER_S}::int * interval '1 second')`;
