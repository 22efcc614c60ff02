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

/** A text that is not empty. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined;
}

/**
 * An origin as `postMessage` takes it. Pages of an app's web view (`capacitor://localhost`) have one of a scheme that URLs know none for; what is no origin
 * (`null`, of a sandboxed page or a file) can't be spoken to.
 */
function originOf(value: string): string {
  const origin = URL.canParse(value) ? new URL(value).origin : 'null';
  if (origin !== 'null') return origin;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value) ? value : location.origin;
}

/** A language tag, if it is one. */
function localeOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(value) ? value.slice(0, 35) : undefined;
}

/** What the loader wrote behind the `#`; sensible values when the frame was opened by itself. */
export function readFrameSettings(hash: string): FrameSettings {
  let given: Partial<Record<keyof FrameSettings, unknown>> = {};
  try {
    given = (JSON.parse(decodeURIComponent(hash.replace(/^#/, ''))) ?? {}) as typeof given;
  } catch {
    // No settings, or not ours: the defaults do.
  }
  return {
    origin: originOf(text(given.origin) ?? location.origin),
    color: readColor(text(given.color)),
    title: text(given.title),
    greeting: text(given.greeting),
    locale: localeOf(given.locale),
  };
}
