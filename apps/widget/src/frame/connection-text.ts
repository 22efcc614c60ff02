import type { ConnectivitySnapshot } from '@switchboard/client';

import type { Texts } from './texts.ts';

/** What the visitor should know of the lines, in one sentence for one cause; null when there is nothing. */
export function connectionText(
  { connection, noLiveConnection, savesFailing, outboxVolatile }: ConnectivitySnapshot,
  t: Texts,
): string | null {
  if (connection === 'offline' && noLiveConnection) return t(outboxVolatile ? 'offlineVolatile' : 'offline');
  if (savesFailing) return t(outboxVolatile ? 'unreachableVolatile' : 'unreachable');
  if (noLiveConnection) return t(connection === 'connecting' ? 'noConnection' : 'reconnecting');
  return outboxVolatile ? t('volatile') : null;
}
