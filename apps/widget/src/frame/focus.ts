/** Marks what is to be focused first in what is shown. */
const FIRST = '[data-first-focus]';

/** Where a focused field brings up a keyboard that covers half of the chat: there the person asks for it by touching the field. */
const hasTouchKeyboard = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

/**
 * Goes on with the keyboard where the person goes on: in the first field, or at the first button, of what has just taken the place of what they used.
 * Nothing is taken from the host page.
 */
export function moveFocus(within: ParentNode | null): void {
  const first = within?.querySelector<HTMLElement>(FIRST);
  if (first === null || first === undefined || !document.hasFocus()) return;
  const isField = first instanceof HTMLTextAreaElement || first instanceof HTMLInputElement;
  if (isField && hasTouchKeyboard()) return;
  first.focus();
  if (isField) first.setSelectionRange(first.value.length, first.value.length);
}
