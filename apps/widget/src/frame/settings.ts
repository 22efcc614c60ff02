import type { RelayAddress } from '@switchboard/client';

import { readColor } from '../color.ts';
import type { FrameSettings } from '../messages.ts';

/** The configuration that the server writes into the page. */
export interface ServerConfig {
  readonly relay: RelayAddress;
  readonly debug: boolean;
  readonly maxImageBytes: number;
  /** The installation's settings: they hold where the script tag says nothing. A title or greeting that is empty is one in the language of the chat. */
  readonly color: string;
  readonly title: string;
  readonly greeting: string;
  /** Whether an answer makes a sound until the visitor chooses. */
  readonly sound: boolean;
}

/** Reads the server's configuration. @throws Error if the page was not served by the web app */
export function readServerConfig(): ServerConfig {
  const element = document.getElementById('switchboard-config');
  if (element?.textContent == null) throw new Error('The page has no configuration: it is served at /widget by the web app.');
  return JSON.parse(element.textContent) as ServerConfig;
}

/** The value if it is a text that is not empty. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined;
}

/**
 * The value as an origin that `postMessage` accepts. Pages of an app's web view (`capacitor://localhost`) have an origin that `URL` does not know; an opaque
 * origin (`null`, of a sandboxed page or a file) can't receive messages, so the frame's own origin is used.
 */
function originOf(value: string): string {
  const origin = URL.canParse(value) ? new URL(value).origin : 'null';
  if (origin !== 'null') return origin;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value) ? value : location.origin;
}

/** The value if it is a language tag. */
function localeOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(value) ? value.slice(0, 35) : undefined;
}

/** Reads the loader's settings from the fragment of the URL; defaults if the frame was opened without a loader. @param color the installation's */
export function readFrameSettings(hash: string, color: string): FrameSettings {
  let given: Partial<Record<keyof FrameSettings, unknown>> = {};
  try {
    given = (JSON.parse(decodeURIComponent(hash.replace(/^#/, ''))) ?? {}) as typeof given;
  } catch {
    // No settings, or invalid ones: the defaults apply.
  }
  return {
    origin: originOf(text(given.origin) ?? location.origin),
    color: readColor(text(given.color), color),
    title: text(given.title),
    greeting: text(given.greeting),
    locale: localeOf(given.locale),
    inbox: text(given.inbox),
  };
}
