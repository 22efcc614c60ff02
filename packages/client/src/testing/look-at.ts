import type { ConversationHandle } from '../model/types.ts';

/** Opens a conversation as if a person were looking at a screen that shows all of it. Returns a function that stops looking. */
export function lookAt(handle: ConversationHandle): () => void {
  const show = () => handle.setView({ inView: handle.getSnapshot().unread, outOfView: [], following: true });
  handle.setOpen(true);
  handle.setVisible(true);
  show();
  const stop = handle.subscribe(show);
  return () => {
    stop();
    handle.setVisible(false);
    handle.setOpen(false);
  };
}
