import type { RelayAddress } from '@switchboard/client';

import { readColor } from '../color.ts';
import type { FrameSettings } from '../messages.ts';

/** What the server writes into the page. */
interface ServerConfig {
  readonly relay: RelayAddress;
  readonly debug: boolean;
  readonly maxImageBytes: number;
}

/** @throws Error when the page was not served by the web app */
export function readServerConfig(): ServerConfig {
  const element = document.getElementById('switchboard-config');
  if (element?.textContent == null) throw new Error('The page has no configuration: it is served at /widget by the web app.');
  return JSON.parse(element.textContent) as ServerConfig;
}

/** Said where no loader vouches for other words: in a link anybody could write them. */
export const DEFAULT_WORDS: Pick<FrameSettings, 'title' | 'greeting'> = {
  title: 'Chat with us',
  greeting: 'Ask us anything. We answer right here.',
};

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : fallback;
}

/** What the loader wrote behind the `#`; sensible values when the frame was opened by itself. */
export function readFrameSettings(hash: string): FrameSettings {
  let given: Partial<Record<keyof FrameSettings, unknown>> = {};
  try {
    given = (JSON.parse(decodeURIComponent(hash.replace(/^#/, ''))) ?? {}) as typeof given;
  } catch {
    // No settings, or not ours: the defaults do.
  }
  const origin = text(given.origin, location.origin);
  return {
    origin: URL.canParse(origin) ? new URL(origin).origin : location.origin,
    color: readColor(text(given.color, '')),
    title: text(given.title, DEFAULT_WORDS.title),
    greeting: text(given.greeting, DEFAULT_WORDS.greeting),
  };
}
