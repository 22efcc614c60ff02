import { SYSTEM, wakeSnoozed } from '@switchboard/chat';
import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Brings back snoozed chats whose time has come, and notifies the open consoles. */
export function wakeSnoozedChats({ chat, afterCommit }: JobContext): Handler<(typeof JOBS)['wakeSnoozedChats']> {
  return async ({ signal }) => {
    while (afterCommit(await wakeSnoozed(chat, SYSTEM)).woken > 0) signal.throwIfAborted();
  };
}
