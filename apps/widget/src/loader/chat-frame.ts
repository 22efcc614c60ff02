import { readFromFrame, type FrameSettings, type FromFrame, type LoaderMessages } from '../messages.ts';
import type { WidgetSettings } from './settings.ts';

/** Milliseconds within which a frame must answer, otherwise the panel says that the chat can't be loaded; the second limit counts from its `load` event. */
const ANSWER_MS = 8_000;
const ANSWER_AFTER_LOAD_MS = 3_000;

export type FrameState = 'none' | 'loading' | 'ready' | 'failed';

/**
 * The chat's `iframe`. It may be loaded several times: after a failure, after the page has moved it, or after the browser has discarded it. Each document in it
 * sends `ready` once, and then gets the whole state again.
 */
export interface ChatFrame {
  state(): FrameState;
  /** Creates the frame, unless there is one that is ready or still loading. */
  load(): void;
  /** The frame was moved in the document, which loads it again. */
  restarted(): void;
  focus(): void;
  /** Sends a message to the frame; does nothing until it is ready. */
  tell<T extends keyof LoaderMessages>(type: T, message: LoaderMessages[T]): void;
  /** The frame's message, if the event comes from the frame. */
  read(event: MessageEvent): FromFrame | undefined;
  remove(): void;
}

/** @param onState called after each change, and for each document that is ready */
export function createChatFrame(settings: WidgetSettings, panel: HTMLElement, onState: (state: FrameState) => void): ChatFrame {
  const { base, title, heading, greeting, color, locale, inbox } = settings;
  let state: FrameState = 'none';
  let frame: HTMLIFrameElement | undefined;
  /** Number of documents that the frame has loaded, and of those that have answered. */
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
      const words = { origin: location.origin, color, title: heading, greeting, locale, inbox } satisfies Record<
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
