import { ownScript, readSettings, type WidgetSettings } from './settings.ts';
import { Widget, type Prefill } from './widget.ts';

type Listener = (detail: unknown) => void;
type Call = readonly [verb: string, ...parameters: unknown[]];

/**
 * `window.Switchboard`: every method may be called at any time. Listeners and prefilled values are kept before `init` and after `destroy`; the other methods do
 * nothing then.
 */
interface SwitchboardApi {
  /** Origin of the installation that serves the chat. */
  readonly base: string;
  /** Adds the widget to the page, or adds it again. */
  init(): void;
  open(): void;
  close(): void;
  toggle(): void;
  show(): void;
  hide(): void;
  prefill(visitor: Prefill): void;
  on(event: string, listener: Listener): void;
  off(event: string, listener: Listener): void;
  unreadCount(): number;
  destroy(): void;
  /** Calls methods by name. The same code works before and after the script has loaded: `(window.Switchboard ||= []).push(['open'])`. */
  push(...calls: Call[]): void;
}

declare global {
  interface Window {
    Switchboard?: SwitchboardApi | Call[];
  }
}

function logError(text: string): void {
  // oxlint-disable-next-line no-console -- for the developers of the page
  console.error(`Switchboard: ${text}`);
}

/** Runs a callback of the page. An error is thrown asynchronously, so that the browser reports it and the widget continues. */
function run(action: () => void): void {
  try {
    action();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

function createApi(settings: WidgetSettings): SwitchboardApi {
  let widget: Widget | undefined;
  // Both outlive the widget: the page sets them once.
  let visitor: Prefill = {};
  let listeners: [string, Listener][] = [];
  const emit = (event: string, detail?: unknown) => {
    for (const [name, listener] of listeners) if (name === event) run(() => listener(detail));
  };
  const without = (event: string, listener: Listener) => listeners.filter(([name, known]) => name !== event || known !== listener);
  const api: SwitchboardApi = {
    base: settings.base,
    init() {
      widget ??= new Widget(settings, visitor, emit);
      if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => widget?.attach(), { once: true });
      else widget.attach();
    },
    open: () => widget?.open(),
    close: () => widget?.close(),
    toggle: () => widget?.toggle(),
    show: () => widget?.show(),
    hide: () => widget?.hide(),
    prefill(known) {
      visitor = { ...visitor, ...known };
      widget?.prefill(visitor);
    },
    on(event, listener) {
      listeners = [...without(event, listener), [event, listener]];
    },
    off(event, listener) {
      listeners = without(event, listener);
    },
    unreadCount: () => widget?.unreadCount() ?? 0,
    destroy() {
      widget?.destroy();
      widget = undefined;
    },
    push(...calls) {
      for (const call of calls)
        run(() => {
          const [verb, ...rest] = call;
          (api as unknown as Record<string, (...parameters: unknown[]) => void>)[verb]?.(...rest);
        });
    },
  };
  return api;
}

function start(): void {
  const script = ownScript();
  if (script === undefined) {
    logError('no script tag with widget.js.');
    return;
  }
  const settings = readSettings(script);
  // An element with this id is an inherited property of the window, not an own one.
  const before = Object.hasOwn(window, 'Switchboard') ? window.Switchboard : undefined;
  if (before === undefined || Array.isArray(before)) {
    const api = createApi(settings);
    window.Switchboard = api;
    api.init();
    api.push(...(before ?? []));
    return;
  }
  // Older versions of the script do not have `base`.
  const base = (before as Partial<SwitchboardApi>).base ?? settings.base;
  if (typeof before.init !== 'function') logError('window.Switchboard is something else.');
  else if (base !== settings.base) logError(`${base} is here, so ${settings.base} is not.`);
  // A second script tag, or a page that was rebuilt: the widget exists or is added again.
  else before.init();
}

start();
