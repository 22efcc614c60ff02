import { fail, ok, type Outcome } from '../outcome.ts';
import type { Attempt } from './connect.ts';

const UPGRADE =
  'Make the proxy pass on upgrades. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

/** Whether a WebSocket gets through. Checked only where plain requests do. */
export function judgeWebSocket(attempt: Attempt): Outcome {
  // A relay that refuses the token was reached; another check covers the token.
  if (attempt.state !== 'broken') return ok();
  const reason = attempt.status === undefined ? attempt.reason : `status ${attempt.status}`;
  return fail(
    `plain requests reach the relay, but WebSockets do not (${reason}): everybody falls back to polling, which is slower and costs more`,
    UPGRADE,
  );
}

/** Whether polling gets through, in several attempts: with several relays one attempt may succeed by luck. */
export function judgePolling(attempts: readonly Attempt[]): Outcome {
  const broken = attempts.find((attempt) => attempt.state === 'broken');
  if (broken === undefined) return ok();
  const reason = broken.status === undefined ? broken.reason : `status ${broken.status}`;
  return fail(
    `the first request of a connection reaches the relay, but later ones do not (${reason}): browsers that can't use WebSockets can't connect`,
    'With several relays, the proxy must always send a browser to the same relay (sticky; nginx: ip_hash or hash $remote_addr in the upstream). With one, it must pass on POST requests and query strings.',
  );
}

/** Whether the relay accepts tokens that are signed with this command's secret, according to any of the attempts. */
export function judgeToken(attempts: readonly Attempt[]): Outcome | undefined {
  const refused = attempts.find((attempt) => attempt.state === 'refused');
  if (refused?.message === 'Invalid token')
    return fail(
      'the relay at the public address has another JWT_SECRET than this command (Invalid token), or its clock is a minute off',
      'Give web app, relay and this command the same JWT_SECRET and restart them.',
    );
  if (refused !== undefined) return fail(`the relay refuses the connection: ${refused.message}`, "See the relay's log.");
  return attempts.some((attempt) => attempt.state === 'connected') ? ok() : undefined;
}
