import type { ConnectionState } from '@switchboard/client';

const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
};

const MARKS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'border-[1.5px] border-ink-faint',
  connected: 'bg-present',
  reconnecting: 'border-2 border-accent',
  offline: 'border-2 border-ink',
};

/** The line to the relay, as a word with a mark. */
export function ConnectionStatus({ connection }: { readonly connection: ConnectionState }) {
  return (
    <output className="flex items-center gap-2 text-12 text-ink-soft">
      <span className={`size-2 rounded-full ${MARKS[connection]}`} aria-hidden="true" />
      <span>{CONNECTION_WORDS[connection]}</span>
    </output>
  );
}
