import type { OperatorChatOptions } from '@switchboard/client';
import { ChatError, ERRORS, type ErrorCode } from '@switchboard/protocol/errors';

import { getRecentChatsAction } from '../actions/chat.ts';

const DIGEST = /^switchboard:(\w+)$/;

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}

/** What a server action's error means; of an error the browser is told nothing but its digest. */
function asChatError(error: unknown): unknown {
  if (!(error instanceof Error) || !('digest' in error)) return error;
  const code = DIGEST.exec(String(error.digest))?.[1];
  return isCode(code) ? new ChatError(code, 'The server refused.', { cause: error }) : error;
}

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asChatError(error);
  }
}

/** The server actions as the client takes them: they reject with a `ChatError` where the server named a code. */
export const consoleActions: OperatorChatOptions['actions'] = {
  recentChats: async () => await told(getRecentChatsAction()),
};
