import type { OperatorSnapshot } from '@switchboard/client';

import type { SoundControl } from '../hooks/use-sound.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { MutedIcon, SoundIcon } from '../ui/icons.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';
import { ConversationList } from './ConversationList.tsx';
import type { ConsoleOperator } from './operator.ts';

interface SidebarProps {
  readonly snapshot: OperatorSnapshot;
  readonly operator: ConsoleOperator;
  readonly selected: number | null;
  readonly sound: SoundControl;
  /** Why the last attempt to sign out did not work. */
  readonly problem: string | null;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
  readonly onShortcuts: () => void;
  readonly onSignOut: () => void;
}

/** The inbox: every conversation, and below it the state of the line and of oneself. */
export function Sidebar({ snapshot, operator, selected, sound, problem, onOpen, onShortcuts, onSignOut }: SidebarProps) {
  const muted = sound.state === 'muted';
  return (
    <nav
      aria-label="Inbox"
      className="two:border-e two:border-line flex w-full min-w-0 flex-col bg-ground pt-[env(safe-area-inset-top)] two:w-80 two:shrink-0"
    >
      <header className="flex h-14 shrink-0 items-center justify-between pe-2.5 ps-4.5">
        <h1 className="text-14 font-semibold">Inbox</h1>
        <IconButton label={muted ? 'Turn sound on' : 'Mute sound'} keys={['M']} onClick={() => sound.setMuted(!muted)}>
          {muted ? <MutedIcon /> : <SoundIcon />}
        </IconButton>
      </header>
      {sound.state === 'blocked' ? (
        <div className="fade-in mx-2 mb-2 flex items-center justify-between gap-2 rounded-lg bg-waiting-tint py-1.5 pe-1.5 ps-2.5 text-12 text-waiting-ink">
          You will not hear new messages yet.
          <Button onClick={sound.turnOn}>Turn on sound</Button>
        </div>
      ) : null}
      <ConversationList snapshot={snapshot} selected={selected} operatorName={operator.name} onOpen={onOpen} />
      {problem === null ? null : (
        <p role="alert" className="px-4.5 py-2 text-12 text-danger">
          {problem}
        </p>
      )}
      <footer className="border-t border-line flex h-11 shrink-0 items-center justify-between gap-2 pb-[env(safe-area-inset-bottom)] pe-2 ps-4.5 [box-sizing:content-box] touch:h-14">
        <ConnectionStatus lines={snapshot} />
        <AccountMenu operator={operator} onShortcuts={onShortcuts} onSignOut={onSignOut} />
      </footer>
    </nav>
  );
}
