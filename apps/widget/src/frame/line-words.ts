import type { LinesSnapshot } from '@switchboard/client';

/** What the visitor should know of the lines, in one sentence for one cause; null when there is nothing. */
export function troubleOf({ connection, noLiveConnection, savesFailing, outboxVolatile }: LinesSnapshot): string | null {
  const kept = outboxVolatile ? 'Leave this page open: messages will be sent.' : 'Messages are kept here and will be sent.';
  if (connection === 'offline' && noLiveConnection) return `You are offline. ${kept}`;
  if (savesFailing) return `We can’t be reached right now. ${kept}`;
  if (noLiveConnection)
    return `${connection === 'connecting' ? 'No live connection.' : 'Reconnecting.'} Messages go through, a little later.`;
  return outboxVolatile ? 'This browser keeps nothing. Leave the page open until your messages say “Sent”.' : null;
}
