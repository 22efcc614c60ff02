import type { View } from './view.ts';

/**
 * The full-screen mode of the panel. On a screen as narrow as a phone's, an open panel fills the screen; the page behind it is inert and does not scroll, and
 * the browser's Back closes the panel.
 */
export interface FullScreen {
  /** Matches while the screen is narrow. */
  readonly narrow: MediaQueryList;
  isOn(): boolean;
  /** Applies the mode to the panel and to the page, which may have another body than the last time. Returns whether the mode has changed. */
  update(isOpen: boolean): boolean;
  /** Removes the history entry of an open panel. If the page closed the panel, it may be navigating: the entry stays. */
  forget(byPerson: boolean): void;
  /**
   * Handles the window's `popstate`. It should run before the page's listeners: routers that run later do not get the event. Routers that run earlier get it
   * with an unchanged URL and their own state.
   */
  popped(event: PopStateEvent): void;
}

const isMarked = () => (history.state as { switchboard?: unknown } | null)?.switchboard;

/** @param onBack called when the browser's Back closes the panel */
export function createFullScreen({ host, panel }: View, onBack: () => void): FullScreen {
  const narrow = matchMedia('(max-width: 479px)');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html{overflow:hidden!important}');
  let isOn = false;
  let body: HTMLElement | null = null;
  /** `here`: the history has an entry for the panel; `leaving`: the entry is being removed. */
  let entry: 'none' | 'here' | 'leaving' = 'none';
  let url = '';

  const unlock = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    body?.toggleAttribute('inert', false);
    // The body may be a cached copy of a locked one: Turbo restores such copies. A document that is being rewritten has no body.
    document.body?.toggleAttribute('inert', false);
  };
  const lock = () => {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    ({ body } = document);
    body?.toggleAttribute('inert', true);
    if (entry === 'here') return;
    try {
      // Not by the page's `pushState`, which analytics scripts often replace to count visits.
      if (!isMarked()) History.prototype.pushState.call(history, { ...history.state, switchboard: true }, '');
      url = location.href;
      entry = 'here';
    } catch {
      // The browser limits the number of entries: the panel can still be closed by its button.
    }
  };
  return {
    narrow,
    isOn: () => isOn,
    update(isOpen) {
      const wasOn = isOn;
      isOn = isOpen && narrow.matches;
      if (wasOn) unlock();
      if (isOn) lock();
      host.toggleAttribute('data-full', isOn);
      panel.ariaModal = isOn ? 'true' : null;
      return isOn !== wasOn;
    },
    forget(byPerson) {
      if (entry !== 'here') return;
      entry = byPerson && isMarked() ? 'leaving' : 'none';
      if (entry === 'leaving') history.back();
    },
    popped(event) {
      if (entry === 'none' || isMarked()) return;
      if (location.href === url) event.stopImmediatePropagation();
      const closes = entry === 'here';
      entry = 'none';
      if (closes) onBack();
    },
  };
}
