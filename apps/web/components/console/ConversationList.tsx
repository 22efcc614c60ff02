import type { OperatorSnapshot } from '@switchboard/client';

import { useNow } from '../hooks/use-now.ts';
import { ConversationRow } from './ConversationRow.tsx';
import { NoConversations } from './NoConversations.tsx';

interface ListProps {
  readonly snapshot: OperatorSnapshot;
  readonly selected: number | null;
  readonly operatorName: string;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
}

/** Every recent visitor, newest activity first. */
export function ConversationList({ snapshot, selected, operatorName, onOpen }: ListProps) {
  const now = useNow();
  const { conversations, list } = snapshot;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-2">
      {conversations.length > 0 ? null : list === 'ready' ? (
        <NoConversations />
      ) : (
        <output className={`block px-4.5 pt-2 text-13 ${list === 'failed' ? 'text-ink' : 'text-ink-faint'}`}>
          {list === 'failed' ? 'The conversations could not be loaded. It is tried again by itself.' : 'Loading conversations'}
        </output>
      )}
      <ul aria-label="Conversations" className="flex min-h-px flex-col gap-px">
        {conversations.map((summary) => (
          <ConversationRow
            key={summary.clientId}
            summary={summary}
            selected={summary.clientId === selected}
            operatorName={operatorName}
            now={now}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </div>
  );
}
