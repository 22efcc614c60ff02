import { checkConnections, type Database, explainConnectionFailure } from '@switchboard/database';

import { codeOf } from '../../standalone/user-error.mjs';
import { explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';

const PINGS = 5;
const SLOW_MS = 100;

/** SQLSTATE of a refused connection → problem and advice. */
const REFUSALS: Readonly<Record<string, readonly [problem: string, advice: string]>> = {
  '28P01': ['it refuses the user or the password', 'Correct them in DATABASE_URL.'],
  '28000': ['it refuses this user from this machine', 'Correct DATABASE_URL, or allow it in pg_hba.conf.'],
  '3D000': ['there is no database of that name', 'Create it (createdb), or correct the name at the end of DATABASE_URL.'],
  '53300': ['it has no free connections', 'Raise max_connections, or lower DATABASE_POOL_SIZE of each web app.'],
  '57P03': ['it is starting up or shutting down', 'Try again in a moment.'],
};

/** The database to check. */
export interface DatabaseTarget {
  readonly database: Pick<Database, 'ping'>;
  readonly url: string;
  /** Its name in messages. */
  readonly name: string;
  readonly adviceWhenDown: string;
  /** How much longer work takes than on an idle machine. */
  readonly busy: number;
}

/** Whether the database answers, and its median latency over a few queries. */
export async function checkAnswers({ database, url, name, adviceWhenDown, busy }: DatabaseTarget): Promise<Outcome> {
  const times: number[] = [];
  try {
    // These open the connections.
    await retryWhileUnavailable(url, async () => await checkConnections(url));
    await retryWhileUnavailable(url, async () => await database.ping());
    for (let count = 0; count < PINGS; count += 1) {
      const began = performance.now();
      await database.ping();
      times.push(performance.now() - began);
    }
  } catch (error) {
    return explainDatabase(error, { url, name, adviceWhenDown });
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  if (median > SLOW_MS * busy)
    return warn(
      `${name} takes ${Math.round(median)} ms for a trivial query`,
      'Every message waits for several queries: move the database closer, or find out what loads it.',
    );
  return ok(`${name}, ${median.toFixed(1)} ms`);
}

/** Explains why a query failed, with advice. */
export function explainDatabase(
  error: unknown,
  { url, name, adviceWhenDown }: Pick<DatabaseTarget, 'url' | 'name' | 'adviceWhenDown'>,
): Outcome {
  const failure = explainConnectionFailure(error, url);
  if (failure?.silent === true) return fail(`${name}: no answer`, adviceWhenDown);
  if (failure?.refused === true) return fail(`${name}: ${failure.reason}`, adviceWhenDown);
  if (failure !== undefined) return fail(failure.reason, 'Correct DATABASE_URL, or the server it points to.');
  const refusal = REFUSALS[codeOf(error) ?? ''];
  if (refusal !== undefined) return fail(`${name}: ${refusal[0]}`, refusal[1]);
  return explainNetworkError(error, name, { refused: adviceWhenDown, cut: 'See the log of PostgreSQL.' });
}
