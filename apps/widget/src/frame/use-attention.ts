import { isAttended, onAttention } from '@switchboard/presentation';
import { useEffect, useState } from 'preact/hooks';

import type { HostMessages } from './host-messages.ts';

/**
 * Whether a person may be looking at this frame: it is visible, and it or the host page has the focus. The loader reports the focus of the host page; for a
 * loader of an older build, which does not, the page is assumed to have it.
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
