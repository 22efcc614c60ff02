const isMarked = () => (history.state as { switchboard?: unknown } | null)?.switchboard;

/** While the panel fills the screen: the page behind it neither scrolls nor takes the keyboard, and the browser's Back closes the panel. */
export interface PageLock {
  /** For the page as it is now; it may have another body the next time. */
  on(): void;
  off(): void;
  /** Takes away the entry that `on` has made in the history. A page that closes the panel itself may be on its way elsewhere: then the entry stays. */
  forget(byPerson: boolean): void;
  /**
   * For the window's `popstate`, as early as may be: routers that listen later do not hear of it. Those that were there before hear that the page is where
   * it was, with the state that they have given it.
   */
  popped(event: PopStateEvent): void;
}

export function createPageLock(onBack: () => void): PageLock {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html{overflow:hidden!important}');
  let locked = false;
  let body: HTMLElement | null = null;
  /** `here`: the browser's history has an entry more for the panel; `leaving`: it is being taken away. */
  let entry: 'none' | 'here' | 'leaving' = 'none';
  let url = '';

  /** A document that is being rewritten has no body for a moment. */
  const setInert = (element: HTMLElement | null, inert: boolean) => {
    if (element !== null) element.inert = inert;
  };
  const off = () => {
    if (!locked) return;
    locked = false;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    setInert(body, false);
    // The page's body may be a copy of the one from before, kept and put back as Turbo does.
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
        // Not by the page's own `pushState`: pages count a visit each time it is called.
        if (!isMarked()) History.prototype.pushState.call(history, { ...history.state, switchboard: true }, '');
        url = location.href;
        entry = 'here';
      } catch {
        // The browser allows no more entries for now: there is a button to close the panel.
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
