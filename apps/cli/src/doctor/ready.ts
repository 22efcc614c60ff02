import { z } from 'zod';

import { type ClockReading, judgeClock, readDateHeader } from './clock.ts';
import { type RequestContext, explainNetworkError, parseJson } from './network.ts';
import { fail, ok, type Outcome, skip, warn } from './outcome.ts';

const alive = z.object({ ok: z.literal(true) });
const readiness = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });

/** A server of Switchboard, on its own port. */
export interface Server extends RequestContext {
  readonly url: string;
  /** What to do when nothing listens there. */
  readonly adviceWhenDown: string;
}

/** Whether a server of Switchboard runs at `url`. */
export async function checkAlive({ url, adviceWhenDown, fetch, signal }: Server): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/livez`, { signal, redirect: 'manual' });
    const body = alive.safeParse(parseJson(await response.text()));
    if (response.status === 200 && body.success) return ok(url);
    return fail(
      `${url} answers, but is not Switchboard (status ${response.status})`,
      'Another program uses that port: stop it, or choose another port.',
    );
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenDown });
  }
}

/** Whether the server reports itself as ready. */
export async function checkReady({ url, adviceWhenDown, fetch, signal }: Server): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/readyz`, { signal });
    const { data } = readiness.safeParse(parseJson(await response.text()));
    if (data === undefined) return fail(`/readyz answers with status ${response.status} and an unreadable body`, 'See its log.');
    const wrong = Object.entries(data.checks).filter(([, state]) => state !== 'ok');
    const problems = wrong.map(([name, state]) => `${name}: ${state}`).join('; ');
    if (!data.ok)
      return fail(problems || `/readyz answers with status ${response.status}`, 'It serves no requests until that is fixed; see its log.');
    if (problems !== '') return warn(problems, 'It keeps running without it; fix that.');
    return ok(Object.keys(data.checks).join(', '));
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenDown });
  }
}

/** Whether its clock agrees with this machine's. */
export async function checkServerClock({ url, adviceWhenDown, fetch, signal }: Server, now: () => number = Date.now): Promise<Outcome> {
  let reading: ClockReading | undefined;
  try {
    const sent = now();
    const response = await fetch(`${url}/livez`, { signal });
    reading = readDateHeader(response.headers, { sent, received: now() });
    await response.body?.cancel();
  } catch (error) {
    return explainNetworkError(error, url, { refused: adviceWhenDown });
  }
  return reading === undefined ? skip('its answers have no Date header') : judgeClock(reading);
}
