import { Widget, type Prefill, type WidgetSettings } from './widget.ts';

/** `window.Switchboard`: safe to call at any time; before `init` and after `destroy` the verbs do nothing. */
interface SwitchboardApi {
  init(): void;
  open(): void;
  close(): void;
  toggle(): void;
  show(): void;
  hide(): void;
  prefill(visitor: Prefill): void;
  on(event: string, listener: (detail: unknown) => void): void;
  off(event: string, listener: (detail: unknown) => void): void;
  unreadCount(): number;
  destroy(): void;
}

/** A page that calls before the script is there keeps a list: `(window.Switchboard ||= []).push(['open'])`. */
type Queue = [keyof SwitchboardApi, ...unknown[]][];

declare global {
  interface Window {
    Switchboard?: SwitchboardApi | Queue;
  }
}

function readSettings(script: HTMLScriptElement): WidgetSettings {
  const { color, position, title, greeting } = script.dataset;
  return {
    base: new URL(script.src).origin,
    color: color ?? null,
    side: position === 'left' ? 'left' : 'right',
    title: title ?? 'Chat with us',
    greeting: greeting ?? 'Ask us anything. We answer right here; you can close this page and come back.',
  };
}

function createApi(settings: WidgetSettings): SwitchboardApi {
  let widget: Widget | undefined;
  // Listeners belong to the page, not to one life of the widget.
  const listeners: [string, (detail: unknown) => void][] = [];
  return {
    init() {
      widget ??= new Widget(settings);
      for (const [event, listener] of listeners) widget.on(event, listener);
    },
    open: () => widget?.open(),
    close: () => widget?.close(),
    toggle: () => widget?.toggle(),
    show: () => widget?.show(),
    hide: () => widget?.hide(),
    prefill: (visitor) => widget?.prefill(visitor),
    on(event, listener) {
      listeners.push([event, listener]);
      widget?.on(event, listener);
    },
    off(event, listener) {
      const at = listeners.findIndex(([name, known]) => name === event && known === listener);
      if (at >= 0) listeners.splice(at, 1);
      widget?.off(event, listener);
    },
    unreadCount: () => widget?.unreadCount() ?? 0,
    destroy() {
      widget?.destroy();
      widget = undefined;
    },
  };
}

function start(script: HTMLScriptElement): void {
  const before = window.Switchboard;
  // A second script tag, or the same page put together anew: the widget is there already.
  if (before !== undefined && !Array.isArray(before)) {
    before.init();
    return;
  }
  const api = createApi(readSettings(script));
  window.Switchboard = api;
  const begin = () => {
    api.init();
    for (const [verb, ...rest] of before ?? []) (api[verb] as (...parameters: unknown[]) => unknown)(...rest);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin, { once: true });
  else begin();
}

if (document.currentScript instanceof HTMLScriptElement) start(document.currentScript);
