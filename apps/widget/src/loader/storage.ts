/** Reads a flag in the host page's storage; with `value`, sets or clears it first. The widget stores nothing else there. */
function flag(store: 'localStorage' | 'sessionStorage', name: string, value?: boolean): boolean {
  try {
    if (value === true) window[store].setItem(name, '1');
    else if (value === false) window[store].removeItem(name);
    return window[store].getItem(name) === '1';
  } catch {
    // The storage is blocked: unread counts are shown after the first click, and the next page starts with a closed panel.
    return false;
  }
}

/** Whether the panel is open, so that it is open on the visit's next page. Reads the flag; with `value`, sets it first. */
export function openFlag(value?: boolean): boolean {
  return flag('sessionStorage', 'switchboard.open', value);
}

/** Whether there is a conversation, so that its unread count is shown after a reload. Reads the flag; with `value`, sets it first. */
export function conversationFlag(value?: boolean): boolean {
  return flag('localStorage', 'switchboard.conversation', value);
}
