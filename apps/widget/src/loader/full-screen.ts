const isMarked = () => (history.state as { switchboard?: unknown } | null)?.switchboard;

/** Locks the page while the panel fills the screen: the page is inert and does not scroll, and the browser's Back closes the panel. */
export interface PageLock {
  /** Locks the current page; the page may have another body the next time. */
  on(): void;
  off(): void;
  /** Removes the history entry of `on`. If the page closed the panel, it may be navigating: the entry stays. */
  forget(byPerson: boolean): void;
  /**
   * Handles the window's `popstate`. It should run before the page's listeners: routers that run later do not get the event. Routers that run earlier get it
   * with an unchanged URL and their own state.
   */
  popped(event: PopStateEvent): void;
}

/** @param onBack called when the browser's Back closes the panel */
export function createPageLock(onBack: () => void): PageLock {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html{overflow:hidden!important}');
  let locked = false;
  let body: HTMLElement | null = null;
  /** `here`: the history has an entry for the panel; `leaving`: the entry is being removed. */
  let entry: 'none' | 'here' | 'leaving' = 'none';
  let url = '';

  /** A document that is being rewritten has no body. */
  const setInert = (element: HTMLElement | null, inert: boolean) => {
    if (element !== null) element.inert = inert;
  };
  const off = () => {
    if (!locked) return;
    locked = false;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    setInert(body, false);
    // The body may be a cached copy of a locked one: Turbo restores such copies.
    setInert(document.body, false);
  };
  return {
    on() {
      off();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      ({ body } = document);
      setInert(body, true);
      locked = true;
      if (entry === 'here') return;
      try {
        // Not by the page's `pushState`, which analytics scripts often replace to count visits.
        if (!isMarked()) History.prototype.pushState.call(history, { ...history.state, switchboard: true }, '');
        url = location.href;
        entry = 'here';
      } catch {
        // The browser limits the number of entries: the panel can still be closed by its button.
      }
    },
    off,
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
