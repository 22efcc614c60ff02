import type { ConversationSummary, OperatorSnapshot } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import type { SoundControl } from '../hooks/use-sound.ts';
import type { View } from '../hooks/use-selection.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { MutedIcon, SoundIcon } from '../ui/icons.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';
import { ConversationList } from './ConversationList.tsx';
import type { ConsoleOperator } from './operator.ts';
import { SidebarFrame } from './SidebarFrame.tsx';
import { Views } from './Views.tsx';

interface SidebarProps {
  readonly snapshot: OperatorSnapshot;
  readonly view: View;
  readonly rows: readonly ConversationSummary[];
  readonly news: number;
  readonly operator: ConsoleOperator;
  readonly selected: number | null;
  readonly sound: SoundControl;
  readonly singleKeys: boolean;
  /** Why the last attempt to sign out failed. */
  readonly problem: string | null;
  readonly onView: (view: View) => void;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
  readonly onMore: () => void;
  readonly onHold: (holding: boolean) => void;
  readonly onShortcuts: () => void;
  readonly onSignOut: () => void;
}

/** The inbox: the conversations of a view, with the state of the connection and the account below. */
export function Sidebar({ snapshot, view, operator, selected, sound, problem, onView, onShortcuts, onSignOut, ...list }: SidebarProps) {
  const t = useTranslations('inbox.sound');
  const muted = sound.state === 'muted';
  return (
    <SidebarFrame
      tools={
        <IconButton label={t(muted ? 'on' : 'mute')} keys={['Alt', 'M']} onClick={() => sound.setMuted(!muted)}>
          {muted ? <MutedIcon /> : <SoundIcon />}
        </IconButton>
      }
      footer={
        <>
          <ConnectionStatus lines={snapshot} />
          <AccountMenu operator={operator} onShortcuts={onShortcuts} onSignOut={onSignOut} />
        </>
      }
    >
      <Views view={view} clientId={selected} waiting={snapshot.waiting} onView={onView} />
      <ConversationList snapshot={snapshot} selected={selected} operator={operator} {...list} />
      <SoundNotice sound={sound} />
      <Unsent snapshot={snapshot} onOpen={list.onOpen} />
      {problem === null ? null : (
        <p role="alert" className="px-4.5 py-2 text-12 text-danger">
          {problem}
        </p>
      )}
    </SidebarFrame>
  );
}

/** Shows that new messages make no sound. Below the list, so that it moves no row. */
function SoundNotice({ sound }: { readonly sound: SoundControl }) {
  const t = useTranslations('inbox.sound');
  if (sound.state === 'on') return null;
  const muted = sound.state === 'muted';
  return (
    <output
      key={sound.state}
      className={`border-t border-line fade-in flex shrink-0 items-center justify-between gap-2 py-1.5 pe-2 ps-4.5 text-12 ${
        muted ? 'text-ink-soft' : 'bg-waiting-tint text-waiting-ink'
      }`}
    >
      <span>{t(muted ? 'off' : 'blocked')}</span>
      {muted ? <Button onClick={() => sound.setMuted(false)}>{t('undo')}</Button> : <Button onClick={sound.turnOn}>{t('turnOn')}</Button>}
    </output>
  );
}

/** The number of unsent messages, with a link to where they can be sent again. */
function Unsent({ snapshot, onOpen }: Pick<SidebarProps, 'snapshot' | 'onOpen'>) {
  const t = useTranslations('inbox');
  const { unsent, conversations } = snapshot;
  if (unsent === 0) return null;
  const words = t('unsent', { count: unsent });
  const first = conversations.find((conversation) => conversation.unsent > 0);
  return (
    <output className="border-t border-line fade-in flex min-h-11 shrink-0 items-center justify-between gap-2 py-1 pe-2 ps-4.5 text-12 text-danger">
      <span key={words}>{words}</span>
      {first === undefined ? null : (
        <Button look="quiet" onClick={(event) => onOpen(first.clientId, event.detail === 0)}>
          {t('show')}
        </Button>
      )}
    </output>
  );
}
