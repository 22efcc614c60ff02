import { isAttended, onAttention } from '@switchboard/presentation';
import { useEffect, useState } from 'preact/hooks';

import type { HostMessages } from './host-messages.ts';

/**
 * Whether a person may look at this frame now: it is in front, and it or the page around it has the focus. Of its own focus that page tells; a loader of an
 * older build does not, and is taken to have it.
 */
export function useAttention(parent: HostMessages): boolean {
  const [pageFocused, setPageFocused] = useState(window.parent !== window);
  const [attended, setAttended] = useState(false);
  useEffect(() => parent.onMessage((message) => (message.type === 'focus' ? setPageFocused(message.page) : undefined)), [parent]);
  useEffect(() => {
    const look = () => setAttended(isAttended() || (pageFocused && document.visibilityState === 'visible'));
    look();
    return onAttention(look);
  }, [pageFocused]);
  return attended;
}
