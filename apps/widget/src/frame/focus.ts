/** Marks the elements that may get the focus first. */
const FIRST = '[data-first-focus]';

/** Whether focusing a field opens an on-screen keyboard, which covers half of the chat: it should open only when the person touches the field. */
const hasTouchKeyboard = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

/**
 * Moves the focus to the first marked field or button of a new screen. It never takes the focus from the host page.
 */
export function moveFocus(within: ParentNode | null): void {
  const first = within?.querySelector<HTMLElement>(FIRST);
  if (first === null || first === undefined || !document.hasFocus()) return;
  const isField = first instanceof HTMLTextAreaElement || first instanceof HTMLInputElement;
  if (isField && hasTouchKeyboard()) return;
  first.focus();
  if (isField) first.setSelectionRange(first.value.length, first.value.length);
}
