import { readColor } from '../color.ts';
import { readFromFrame, type FrameSettings, type FromFrame, type LoaderMessages } from '../messages.ts';
import type { WidgetSettings } from './settings.ts';

/** How long a frame may take before the visitor is told that it can't be had; and one whose document is there, error pages included. */
const ANSWER_MS = 8_000;
const ANSWER_AFTER_LOAD_MS = 3_000;

export type FrameState = 'none' | 'loading' | 'ready' | 'failed';

/**
 * The frame's life, which may begin more than once: a server that is away, a page that moves the frame, a browser that throws it out. Each document in it
 * says `ready` once, and is then told anew what it has to know.
 */
export interface ChatFrame {
  state(): FrameState;
  /** Makes a frame, unless there is one that answers or may still do so. */
  load(): void;
  /** The frame has been put elsewhere, and begins from the start. */
  restarted(): void;
  focus(): void;
  /** Nothing while no document is ready. */
  tell<T extends keyof LoaderMessages>(type: T, message: LoaderMessages[T]): void;
  /** What the frame says, if the event comes from it. */
  read(event: MessageEvent): FromFrame | undefined;
  remove(): void;
}

/** @param onState told of each change, and of each document that is ready */
export function createChatFrame(settings: WidgetSettings, panel: HTMLElement, onState: (state: FrameState) => void): ChatFrame {
  const { base, title, heading, greeting, color, locale } = settings;
  let state: FrameState = 'none';
  let frame: HTMLIFrameElement | undefined;
  /** Documents that came into the frame, and those that have answered. */
  let loads = 0;
  let answers = 0;

  const become = (next: FrameState) => {
    state = next;
    onState(next);
  };
  const watch = (timeoutMs: number) => {
    const watched = frame;
    setTimeout(() => {
      if (watched === frame && frame !== undefined && state !== 'failed' && answers < Math.max(1, loads)) become('failed');
    }, timeoutMs);
  };
  const restarted = () => {
    if (frame === undefined) return;
    loads = answers = 0;
    become('loading');
    watch(ANSWER_MS);
  };
  return {
    state: () => state,
    load() {
      if (state === 'loading' || state === 'ready') return;
      frame?.remove();
      const words = { origin: location.origin, color: readColor(color), title: heading, greeting, locale } satisfies Record<
        keyof FrameSettings,
        string | undefined
      >;
      frame = document.createElement('iframe');
      frame.title = title;
      frame.allow = 'autoplay; clipboard-write';
      frame.src = `${base}/widget#${encodeURIComponent(JSON.stringify(words))}`;
      frame.addEventListener('load', () => {
        loads += 1;
        watch(ANSWER_AFTER_LOAD_MS);
      });
      restarted();
      panel.append(frame);
    },
    restarted,
    focus: () => frame?.focus(),
    tell(type, message) {
      if (state === 'ready') frame?.contentWindow?.postMessage({ ...message, switchboard: 1, type }, base);
    },
    read({ origin, source, data }) {
      if (origin !== base || source === null || source !== frame?.contentWindow) return undefined;
      const message = readFromFrame(data);
      if (message?.type === 'ready') {
        answers += 1;
        become('ready');
      }
      return message;
    },
    remove() {
      frame = undefined;
      state = 'none';
    },
  };
}
