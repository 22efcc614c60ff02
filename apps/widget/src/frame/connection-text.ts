import type { ConnectivitySnapshot } from '@switchboard/client';

import type { Texts } from './texts.ts';

/** The warning about the connection or about saving, one sentence for one cause; null if everything works. */
export function connectionText(
  { connection, noLiveConnection, savesFailing, outboxVolatile }: ConnectivitySnapshot,
  t: Texts,
): string | null {
  if (connection === 'offline' && noLiveConnection) return t(outboxVolatile ? 'offlineVolatile' : 'offline');
  if (savesFailing) return t(outboxVolatile ? 'unreachableVolatile' : 'unreachable');
  if (noLiveConnection) return t(connection === 'connecting' ? 'noConnection' : 'reconnecting');
  return outboxVolatile ? t('volatile') : null;
}
