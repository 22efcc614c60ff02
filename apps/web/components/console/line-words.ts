import type { OperatorSnapshot } from '@switchboard/client';

import type { Texts } from '../text/texts.ts';

export type Lines = Pick<OperatorSnapshot, 'connection' | 'noLiveConnection' | 'savesFailing' | 'outboxVolatile' | 'signedOut'>;

/**
 * One sentence about the current connection problem and what it means for messages; null without a problem.
 *
 * @param host the relay's host: `chat.example.com`
 */
export function troubleOf(lines: Lines, host: string, t: Texts<'trouble'>): string | null {
  const { connection, noLiveConnection, savesFailing, outboxVolatile } = lines;
  // The dialog says what to do; nothing is retried before.
  if (lines.signedOut) return null;
  if (connection === 'offline' && noLiveConnection) return t(outboxVolatile ? 'offlineVolatile' : 'offline');
  if (savesFailing && noLiveConnection) return t(outboxVolatile ? 'unreachableVolatile' : 'unreachable');
  if (savesFailing) return t(outboxVolatile ? 'notSavedVolatile' : 'notSaved');
  if (noLiveConnection) return connection === 'connecting' ? t('noConnection', { host }) : t('reconnecting');
  return outboxVolatile ? t('volatile') : null;
}
