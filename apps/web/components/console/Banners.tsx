import type { ConnectionState, LinesSnapshot } from '@switchboard/client';
import { useEffect, useState } from 'react';

import { AlertIcon } from '../ui/icons.tsx';

/** A line that is back within this time is not worth a banner; the status has said it already. */
const WORTH_SAYING_MS = 2_000;

/** What goes wrong now, each in a sentence with what it means for what one writes. */
export function Banners({ lines }: { readonly lines: LinesSnapshot }) {
  const connection = useLasting(lines.connection);
  const sentences = [
    connection === 'offline' ? 'You are offline. What you send is kept here and goes out when the network is back.' : null,
    connection === 'reconnecting' ? 'The live connection is lost and is being restored. Messages may take longer until then.' : null,
    lines.savesFailing
      ? 'Messages are not being saved at the moment. Yours are kept in this browser and saved as soon as the server answers.'
      : null,
    lines.outboxVolatile ? 'This browser can’t keep unsent messages. Leave this tab open while a message says Sending.' : null,
  ].filter((sentence) => sentence !== null);
  if (sentences.length === 0) return null;
  return (
    <div
      role="alert"
      className="border-b border-line fade-in shrink-0 bg-waiting-tint pt-[env(safe-area-inset-top)] text-13 text-waiting-ink"
    >
      {sentences.map((sentence) => (
        <p key={sentence} className="flex items-start gap-2 px-4 py-2">
          <span className="mt-px">
            <AlertIcon />
          </span>
          {sentence}
        </p>
      ))}
    </div>
  );
}

/** The connection once it has lasted; connected counts at once. */
function useLasting(connection: ConnectionState): ConnectionState {
  const [lasting, setLasting] = useState<ConnectionState>('connecting');
  useEffect(() => {
    const timer = setTimeout(() => setLasting(connection), connection === 'connected' ? 0 : WORTH_SAYING_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return connection === 'connected' ? 'connected' : lasting;
}
