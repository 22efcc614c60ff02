import { Dialog } from '../ui/Dialog.tsx';

const SHORTCUTS: readonly (readonly [string, readonly string[]])[] = [
  ['Next who waits, longest first', ['N']],
  ['Next conversation', ['J', 'Alt ↓']],
  ['Previous conversation', ['K', 'Alt ↑']],
  ['Write a reply', ['R']],
  ['Send', ['Enter']],
  ['New line', ['Shift Enter']],
  ['Done, or reopen', ['E']],
  ['Waiting, Open, Done', ['1', '2', '3']],
  ['Attach image', ['Alt A']],
  ['Show or hide details', ['Alt D']],
  ['Mute or unmute', ['Alt M']],
  ['Find in the list', ['Type a name']],
  ['Back to the list', ['Esc']],
  ['This list', ['?']],
];

interface ShortcutsProps {
  readonly open: boolean;
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
  readonly onClose: () => void;
}

/** Every shortcut, and the switch for those that are a letter alone (speech input may press them by accident). */
export function ShortcutsDialog({ open, singleKeys, onSingleKeys, onClose }: ShortcutsProps) {
  return (
    <Dialog open={open} title="Keyboard shortcuts" onClose={onClose}>
      <dl className="flex flex-col">
        {SHORTCUTS.map(([action, keys]) => (
          <div key={action} className="flex min-h-8 items-center justify-between gap-4 text-13">
            <dt>{action}</dt>
            <dd className="flex gap-1.5">
              {keys.map((key) => (
                <kbd key={key} className="min-w-5 rounded border border-line bg-ground px-1.5 text-center font-sans text-12 text-ink-soft">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="border-t border-line mt-3 flex items-center gap-2.5 pt-3 text-13">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => onSingleKeys(event.target.checked)}
          className="size-4 accent-[var(--accent)]"
        />
        Use single letters as shortcuts
      </label>
    </Dialog>
  );
}
