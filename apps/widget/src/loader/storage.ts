/** That there is a conversation: its unread count is there after a reload. */
export const CONVERSATION = 'switchboard.conversation';
/** That the panel is open: it is so on the visit's next page, too. */
export const OPEN = 'switchboard.open';

/** Whether this is noted on the host page's origin, and nothing else is; with `value` it is noted first, or forgotten. */
export function note(store: 'localStorage' | 'sessionStorage', name: string, value?: boolean): boolean {
  try {
    if (value === true) window[store].setItem(name, '1');
    else if (value === false) window[store].removeItem(name);
    return window[store].getItem(name) === '1';
  } catch {
    // The page's storage is blocked: then unread counts wait for the first click, and the next page begins with a closed panel.
    return false;
  }
}
