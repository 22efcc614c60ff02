import type { FrameState } from './chat-frame.ts';
import { make, makeButton, makeIcon } from './dom.ts';
import type { WidgetSettings } from './settings.ts';

/** Covers the frame until it is ready: a header with a close button and a skeleton, or an error with a button to try again. */
export interface Overlay {
  readonly element: HTMLElement;
  show(state: FrameState): void;
  /** Focuses the button to try again, if it is shown, otherwise the close button. */
  focus(): void;
}

export function createOverlay({ title, fallbackEmail }: WidgetSettings, onAgain: () => void, onClose: () => void): Overlay {
  const cross = makeButton('cross', onClose, makeIcon('m7 7 10 10M17 7 7 17'));
  cross.ariaLabel = 'Close chat';
  const name = make('b', '', title);
  name.dir = 'auto';
  const again = makeButton('plain', onAgain, 'Try again');
  const words = make('p', '', 'The chat can’t be loaded right now. Check your connection');
  if (fallbackEmail === undefined) words.append(' and try again.');
  else {
    const link = make('a', '', fallbackEmail);
    link.href = `mailto:${fallbackEmail}`;
    words.append(', or write to us at ', link, '.');
  }
  const failed = make('div', 'failed', words, again, makeButton('plain', onClose, 'Close'));
  failed.role = 'alert';
  const skeleton = make('div', 'skeleton');
  const element = make('div', 'overlay', make('div', 'head', name, cross), skeleton, failed);
  return {
    element,
    show(state) {
      element.hidden = state === 'ready';
      failed.hidden = state !== 'failed';
      skeleton.hidden = !failed.hidden;
    },
    focus: () => (failed.hidden ? cross : again).focus(),
  };
}
