import { z } from 'zod';

import { type ClockReading, judgeClock, readDateHeader } from './clock.ts';
import { type Asking, explainNetworkError, parseJson } from './network.ts';
import { fail, ok, type Outcome, skip, warn } from './outcome.ts';

const alive = z.object({ ok: z.literal(true) });
const readiness = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });

/** A server of ours, as it is asked on its own port. */
export interface Server extends Asking {
  readonly url: string;
  /** What to do when nothing listens there. */
  readonly adviceWhenAway: string;
}

/** Whether the server at `url` is one of ours and runs. */
export async function checkAlive({ url, adviceWhenAway, fetch, signal }: Server): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/livez`, { signal, redirect: 'manual' });
    const body = alive.safeParse(parseJson(await response.text()));
    if (response.status === 200 && body.success) return ok(url);
    return fail(
      `${url} answers, but not as Switchboard does (status ${response.status})`,
      'Another program has that port: end it, or choose another port.',
    );
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenAway });
  }
}

/** Whether it can do its work, as it says itself. */
export async function checkReady({ url, adviceWhenAway, fetch, signal }: Server): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/readyz`, { signal });
    const { data } = readiness.safeParse(parseJson(await response.text()));
    if (data === undefined) return fail(`/readyz answers with status ${response.status} and nothing that can be read`, 'See its log.');
    const wrong = Object.entries(data.checks).filter(([, state]) => state !== 'ok');
    const told = wrong.map(([name, state]) => `${name}: ${state}`).join('; ');
    if (!data.ok)
      return fail(told || `/readyz answers with status ${response.status}`, 'It takes no work until that is put right; see its log.');
    if (told !== '') return warn(told, 'It goes on without; put that right.');
    return ok(Object.keys(data.checks).join(', '));
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenAway });
  }
}

/** Whether its clock agrees with this machine's. */
export async function checkServerClock({ url, adviceWhenAway, fetch, signal }: Server, now: () => number = Date.now): Promise<Outcome> {
  let reading: ClockReading | undefined;
  try {
    const sent = now();
    const response = await fetch(`${url}/livez`, { signal });
    reading = readDateHeader(response.headers, { sent, received: now() });
    await response.body?.cancel();
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenAway });
  }
  return reading === undefined ? skip('its answers have no Date header') : judgeClock(reading);
}
