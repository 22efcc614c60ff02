import { fail, ok, type Outcome } from '../outcome.ts';
import type { Attempt } from './connect.ts';

const UPGRADE =
  'Have the proxy pass upgrades on. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

/** Whether a WebSocket gets through. Only asked where a plain request does. */
export function judgeWebSocket(attempt: Attempt): Outcome {
  // A relay that refuses the token has been reached; the token has a line of its own.
  if (attempt.state !== 'broken') return ok();
  const told = attempt.status === undefined ? attempt.reason : `status ${attempt.status}`;
  return fail(
    `plain requests reach the relay and WebSockets do not (${told}): everybody falls back to polling, which is slow and costs more`,
    UPGRADE,
  );
}

/** Whether polling gets through, tried a few times at once: with several relays one try may be lucky. */
export function judgePolling(attempts: readonly Attempt[]): Outcome {
  const broken = attempts.find((attempt) => attempt.state === 'broken');
  if (broken === undefined) return ok();
  const told = broken.status === undefined ? broken.reason : `status ${broken.status}`;
  return fail(
    `the first request of a connection reaches the relay and those after it get lost (${told}): who can't use WebSockets can't connect`,
    'With several relays, have the proxy send the same browser to the same relay always (sticky; nginx: ip_hash or hash $remote_addr in the upstream). With one, see that it passes on POST and query strings.',
  );
}

/** Whether the relay believes tokens that are signed with the secret of these settings, as any of the attempts shows. */
export function judgeToken(attempts: readonly Attempt[]): Outcome | undefined {
  const refused = attempts.find((attempt) => attempt.state === 'refused');
  if (refused?.message === 'Invalid token')
    return fail(
      'the relay at the public address runs with another JWT_SECRET than this command (Invalid token), or with a clock that is a minute off',
      'Give web app, relay and this command the same JWT_SECRET and restart them.',
    );
  if (refused !== undefined) return fail(`the relay refuses the connection: ${refused.message}`, "See the relay's log.");
  return attempts.some((attempt) => attempt.state === 'connected') ? ok() : undefined;
}
