import type { OperatorChat } from '@switchboard/client';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';

import { Sound, type SoundState } from './sound.ts';
import { useLease } from './use-lease.ts';

export interface SoundControl {
  readonly state: SoundState;
  readonly turnOn: () => void;
  readonly setMuted: (muted: boolean) => void;
}

const nothing = () => () => undefined;

/** Plays the sound for visitors' messages, except in the conversation that the operator looks at (`lookingAt`). */
export function useSound(chat: OperatorChat, lookingAt: number | null): SoundControl {
  const sound = useLease(
    () => new Sound(),
    (open) => open.close(),
  );
  const looking = useRef(lookingAt);
  useEffect(() => {
    looking.current = lookingAt;
  }, [lookingAt]);
  useEffect(
    () =>
      chat.onArrival(({ clientId, message, seen }) => {
        if (message.senderType === 'CLIENT') sound?.arrived(message.key, looking.current === clientId && seen !== false);
      }),
    [chat, sound],
  );
  const state = useSyncExternalStore(
    sound?.subscribe ?? nothing,
    () => sound?.getSnapshot() ?? 'on',
    () => 'on' as const,
  );
  const turnOn = useCallback(() => sound?.turnOn(), [sound]);
  const setMuted = useCallback((muted: boolean) => sound?.setMuted(muted), [sound]);
  return { state, turnOn, setMuted };
}
