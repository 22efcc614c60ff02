import type { OperatorSnapshot } from '@switchboard/client';

import type { Texts } from '../text/texts.ts';

export type Lines = Pick<OperatorSnapshot, 'connection' | 'noLiveConnection' | 'savesFailing' | 'outboxVolatile' | 'signedOut'>;

/**
 * What goes wrong with the lines now, in one sentence for one cause, with what it means for what one writes; null when nothing does.
 *
 * @param host where the relay should be: `chat.example.com`
 */
export function troubleOf(lines: Lines, host: string, t: Texts<'trouble'>): string | null {
  const { connection, noLiveConnection, savesFailing, outboxVolatile } = lines;
  // The dialog says what to do; until then nothing is tried again.
  if (lines.signedOut) return null;
  if (connection === 'offline' && noLiveConnection) return t(outboxVolatile ? 'offlineVolatile' : 'offline');
  if (savesFailing && noLiveConnection) return t(outboxVolatile ? 'unreachableVolatile' : 'unreachable');
  if (savesFailing) return t(outboxVolatile ? 'notSavedVolatile' : 'notSaved');
  if (noLiveConnection) return connection === 'connecting' ? t('noConnection', { host }) : t('reconnecting');
  return outboxVolatile ? t('volatile') : null;
}
