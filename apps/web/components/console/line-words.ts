import type { OperatorSnapshot } from '@switchboard/client';

export type Lines = Pick<OperatorSnapshot, 'connection' | 'noLiveConnection' | 'savesFailing' | 'outboxVolatile' | 'signedOut'>;

/**
 * What goes wrong with the lines now, in one sentence for one cause, with what it means for what one writes; null when nothing does.
 *
 * @param host where the relay should be: `chat.example.com`
 */
export function troubleOf(lines: Lines, host: string): string | null {
  const { connection, noLiveConnection, savesFailing, outboxVolatile } = lines;
  // The dialog says what to do; until then nothing is tried again.
  if (lines.signedOut) return null;
  const kept = outboxVolatile
    ? 'Leave this tab open: this browser can’t keep what you send, and it goes out'
    : 'What you send is kept in this browser and goes out';
  if (connection === 'offline' && noLiveConnection) return `You are offline. ${kept} when the network is back.`;
  if (savesFailing && noLiveConnection) return `The server can’t be reached. ${kept} when it answers again.`;
  if (savesFailing) return `Messages are not being saved at the moment. ${kept} when the server answers again.`;
  if (noLiveConnection && connection === 'connecting')
    return `No live connection to ${host}. Messages still arrive, up to 20 s late. Ask who runs this to run “switchboard doctor”.`;
  if (noLiveConnection) return 'Reconnecting. Messages still arrive, up to 20 s late.';
  if (outboxVolatile) return 'This browser can’t keep unsent messages. Leave this tab open while a message says Sending.';
  return null;
}
