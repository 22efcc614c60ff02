import type { OperatorSnapshot } from '@switchboard/client';

/** Beside the list while no conversation is open. */
export function NothingSelected({ snapshot }: { readonly snapshot: OperatorSnapshot }) {
  const waiting = snapshot.conversations.filter(({ unread }) => unread > 0).length;
  const words =
    waiting === 0
      ? 'Nobody is waiting for an answer.'
      : waiting === 1
        ? 'One visitor is waiting for an answer.'
        : `${waiting} visitors are waiting for an answer.`;
  return (
    <div className="hidden flex-1 flex-col items-center justify-center gap-1 bg-surface text-13 text-ink-soft two:flex">
      {snapshot.list === 'ready' && snapshot.conversations.length > 0 ? <p className="font-medium text-ink">{words}</p> : null}
      {snapshot.conversations.length > 0 ? (
        <p>
          Choose a conversation, or press <kbd className="rounded border border-line px-1 font-sans text-12">J</kbd> for the next one.
        </p>
      ) : null}
    </div>
  );
}
