import type { FrameState } from './chat-frame.ts';
import { make, makeButton, makeIcon } from './dom.ts';
import type { WidgetSettings } from './settings.ts';

/** Over the frame until it has answered: the chat's head with a way out, and words where the chat can't be had. */
export interface Overlay {
  readonly element: HTMLElement;
  show(state: FrameState): void;
  /** Gives the keyboard to what there is to do: try it again, or, where the launcher is out of sight, close the panel. */
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
  const bones = make('div', 'bones');
  const element = make('div', 'overlay', make('div', 'head', name, cross), bones, failed);
  return {
    element,
    show(state) {
      element.hidden = state === 'ready';
      failed.hidden = state !== 'failed';
      bones.hidden = !failed.hidden;
    },
    focus: () => (failed.hidden ? cross : again).focus(),
  };
}
