import { ownScript, readSettings, type WidgetSettings } from './settings.ts';
import { Widget, type Prefill } from './widget.ts';

type Listener = (detail: unknown) => void;
type Call = readonly [verb: string, ...parameters: unknown[]];

/**
 * `window.Switchboard`: safe to call at any time. Listeners and what is known of the visitor are kept from before `init` and over `destroy`; the other
 * verbs do nothing then.
 */
interface SwitchboardApi {
  /** The installation that the chat belongs to. */
  readonly base: string;
  /** Puts the widget on the page, or back on it. */
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
  /** Calls by name, so that the line that works before the script is there works ever after: `(window.Switchboard ||= []).push(['open'])`. */
  push(...calls: Call[]): void;
}

declare global {
  interface Window {
    Switchboard?: SwitchboardApi | Call[];
  }
}

function logError(text: string): void {
  // oxlint-disable-next-line no-console -- said to whoever makes the page
  console.error(`Switchboard: ${text}`);
}

/** Runs what the page has given; what it throws is reported as the page's, and stops nothing else. */
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
  // Both belong to the page, not to one life of the widget.
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
  // An element with this id is a property of the window, too, but not one of its own.
  const before = Object.hasOwn(window, 'Switchboard') ? window.Switchboard : undefined;
  if (before === undefined || Array.isArray(before)) {
    const api = createApi(settings);
    window.Switchboard = api;
    api.init();
    api.push(...(before ?? []));
    return;
  }
  // A script of an earlier version does not say.
  const base = (before as Partial<SwitchboardApi>).base ?? settings.base;
  if (typeof before.init !== 'function') logError('window.Switchboard is something else.');
  else if (base !== settings.base) logError(`${base} is here, so ${settings.base} is not.`);
  // A second script tag, or the same page put together anew: the widget is there already, or comes back.
  else before.init();
}

start();
