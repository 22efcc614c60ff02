/** Milliseconds between two checks of the page's URL in browsers without the Navigation API. */
const CHECK_MS = 1_000;

/** Calls `onChange` after each change of the page's URL, including those of the history API, until `signal` is aborted. */
export function watchUrl(signal: AbortSignal, onChange: () => void): void {
  let url = location.href;
  const check = () => {
    if (location.href === url) return;
    url = location.href;
    onChange();
  };
  if ('navigation' in window) (window.navigation as EventTarget).addEventListener('currententrychange', check, { signal });
  else {
    const timer = setInterval(check, CHECK_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }
}
