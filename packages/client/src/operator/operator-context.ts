import { ChatError } from '@switchboard/protocol/errors';

import type { OperatorChatOptions } from '../model/types.ts';
import type { Effects } from '../platform/effects.ts';
import { createServerClock } from '../platform/server-clock.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import type { Side } from '../timeline/view.ts';
import { createHttp } from '../transport/http.ts';
import type { Http } from '../transport/http.ts';
import { OperatorSession } from './operator-session.ts';

/** What every part of an operator's side works with. It stays the same for as long as the page is open. */
export interface OperatorContext {
  readonly effects: Effects;
  readonly clock: ServerClock;
  readonly http: Http;
  readonly session: OperatorSession;
  readonly operator: { readonly id: number; readonly name: string };
  /** As messages and receipts name this operator. */
  readonly side: Side;
  readonly maxImageBytes: number | undefined;
}

/**
 * The session of this page's operator, and requests that speak for them alone. The cookie says who is signed in, the header to whom the page belongs. There is
 * nothing to renew: after a refusal the page finds out whose the session is now.
 */
export function createOperatorContext(effects: Effects, { operator, maxImageBytes }: OperatorChatOptions): OperatorContext {
  const clock = createServerClock(() => effects.now());
  // Without the header: it asks to whom the cookie belongs, and nothing else. The token in the answer is not used.
  const anybody = createHttp(effects, clock, { headers: () => ({}), renew: () => Promise.resolve(false) });
  const session = new OperatorSession(effects, operator.id, async () => {
    try {
      return (await anybody.request('POST /api/chat/token')).operatorId ?? Number.NaN;
    } catch (error) {
      if (error instanceof ChatError && error.code === 'unauthenticated') return undefined;
      throw error;
    }
  });
  const http = createHttp(effects, clock, {
    headers: () => session.headers(),
    renew: () => session.refused(),
    accepted: () => session.accepted(),
  });
  return { effects, clock, http, session, operator, side: { kind: 'operator', operatorId: operator.id }, maxImageBytes };
}
