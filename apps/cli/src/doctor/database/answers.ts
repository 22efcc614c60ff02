import { checkConnections, type Database, explainConnectionFailure } from '@switchboard/database';

import { codeOf } from '../../standalone/user-error.mjs';
import { explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';
import { patiently } from './patience.ts';

const PINGS = 5;
const SLOW_MS = 100;

/** What PostgreSQL answers to somebody whom it doesn't let in: what is wrong, and what to do. By SQLSTATE. */
const REFUSALS: Readonly<Record<string, readonly [problem: string, advice: string]>> = {
  '28P01': ['it refuses the user or the password', 'Correct them in DATABASE_URL.'],
  '28000': ['it refuses this user from this machine', 'Correct DATABASE_URL, or allow it in pg_hba.conf.'],
  '3D000': ['there is no database of that name', 'Make it (createdb), or correct the name at the end of DATABASE_URL.'],
  '53300': ['it has no connection left', 'Raise max_connections, or lower DATABASE_POOL_SIZE of each web app.'],
  '57P03': ['it is starting up or shutting down', 'Try again in a moment.'],
};

/** What is looked at. */
export interface Answering {
  readonly database: Pick<Database, 'ping'>;
  readonly url: string;
  /** As it is called towards people. */
  readonly name: string;
  readonly adviceWhenAway: string;
  /** How much longer everything takes on this machine than on an idle one. */
  readonly busy: number;
}

/** Whether the database answers, and how fast: the median of a few questions. */
export async function checkAnswers({ database, url, name, adviceWhenAway, busy }: Answering): Promise<Outcome> {
  const times: number[] = [];
  try {
    // These make the connections.
    await patiently(url, async () => await checkConnections(url));
    await patiently(url, async () => await database.ping());
    for (let count = 0; count < PINGS; count += 1) {
      const began = performance.now();
      await database.ping();
      times.push(performance.now() - began);
    }
  } catch (error) {
    return explainDatabase(error, { url, name, adviceWhenAway });
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  if (median > SLOW_MS * busy)
    return warn(
      `${name} takes ${Math.round(median)} ms for a question that costs nothing`,
      'Every message waits for it several times: bring it nearer, or see what loads it.',
    );
  return ok(`${name}, ${median.toFixed(1)} ms`);
}

/** Why the database did not answer a question, and what to do. */
export function explainDatabase(
  error: unknown,
  { url, name, adviceWhenAway }: Pick<Answering, 'url' | 'name' | 'adviceWhenAway'>,
): Outcome {
  const failure = explainConnectionFailure(error, url);
  if (failure?.silent === true) return fail(`${name}: no answer`, adviceWhenAway);
  if (failure?.refused === true) return fail(`${name}: ${failure.reason}`, adviceWhenAway);
  if (failure !== undefined) return fail(failure.reason, 'Correct DATABASE_URL, or what it leads to.');
  const refusal = REFUSALS[codeOf(error) ?? ''];
  if (refusal !== undefined) return fail(`${name}: ${refusal[0]}`, refusal[1]);
  return explainNetworkError(error, name, { refused: adviceWhenAway, cut: 'Look into the log of PostgreSQL.' });
}
