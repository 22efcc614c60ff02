import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '@switchboard/protocol/limits';
import type { MessagesPage } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';
import { isBehind } from '../timeline/reduce.ts';
import type { PageQuery, TimelineState } from '../timeline/state.ts';
import type { ConversationContext } from './context.ts';

/** Fetches one page of the conversation. */
export function fetchPage(
  { http, side, clientId }: Pick<ConversationContext, 'http' | 'side' | 'clientId'>,
  query: PageQuery,
): Promise<MessagesPage> {
  return http.request('GET /api/chat/messages', {
    query: {
      // A visitor's token names the conversation.
      clientId: side.kind === 'operator' ? clientId : undefined,
      afterSeq: 'afterSeq' in query ? query.afterSeq : undefined,
      beforeSeq: 'beforeSeq' in query ? query.beforeSeq : undefined,
      limit: 'afterSeq' in query ? MAX_PAGE_SIZE : (query.limit ?? DEFAULT_PAGE_SIZE),
    },
  });
}

export interface CatchUpHooks {
  state(): TimelineState;
  fetch(query: PageQuery): Promise<MessagesPage>;
  onPage(query: PageQuery, page: MessagesPage): void;
  onFailure(error: unknown): void;
}

/**
 * The query for the newest page: the first page of all, or the first after a backup was restored. In the second case many messages may be new since the
 * backup, and they count as seen together with the newest, so the page is as large as possible.
 */
function newestAfter(epoch: string | null): PageQuery {
  return epoch === null ? { newest: true } : { newest: true, limit: MAX_PAGE_SIZE };
}

/** Creates the task that catches up: it fetches everything after the last contiguous seq, page by page, until nothing is missing. */
export function createCatchUp(effects: Effects, hooks: CatchUpHooks): RetryingTask {
  const catchUp = new RetryingTask(effects, {
    work: async () => {
      let more = true;
      while (more && !catchUp.isClosed()) {
        const { contiguous, epoch } = hooks.state();
        const query: PageQuery = contiguous === null ? newestAfter(epoch) : { afterSeq: contiguous };
        const page = await hooks.fetch(query);
        if (catchUp.isClosed()) return;
        hooks.onPage(query, page);
        const state = hooks.state();
        // A page without new rows ends the loop, even if the server claims that there is more: a server bug must not cause an endless loop.
        more = state.contiguous !== contiguous && (('afterSeq' in query && page.hasMore) || isBehind(state));
      }
    },
    onFailure: (error) => {
      effects.note('catch-up failed', error);
      hooks.onFailure(error);
    },
  });
  return catchUp;
}
