import type { ConversationHandle } from '../model/types.ts';

/** Looks at a conversation as a person does whose screen has room for all of it. Returns how to look away. */
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
