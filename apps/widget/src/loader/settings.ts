import { readColor } from '../color.ts';

/** The installation's settings that this script needs, the color as `#rrggbb`. The server writes them in the place of this name into what it serves. */
declare const $SWITCHBOARD_SETTINGS: { readonly color: string; readonly title: string };

/** A site's settings: the attributes of the script tag, or else the settings of the installation. */
export interface WidgetSettings {
  /** Origin of the installation. */
  readonly base: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly side: 'left' | 'right';
  /** Distance from that side and from the bottom, in pixels. */
  readonly offset: readonly [x: string, y: string];
  readonly zIndex: string;
  /** The page opens the chat with its own button: the launcher is shown only to close the panel. */
  readonly hideLauncher: boolean;
  /** Accessible name of the panel. */
  readonly title: string;
  /** The heading in the frame. Undefined: the installation's, or the frame's default in its language. The same applies to the greeting. */
  readonly heading: string | undefined;
  readonly greeting: string | undefined;
  /** Shown when the chat can't be loaded. */
  readonly fallbackEmail: string | undefined;
  /** The key of the inbox to which new conversations of this page belong; undefined: the default one. */
  readonly inbox: string | undefined;
  /** Language and direction of the chat; undefined: English. */
  readonly locale: string | undefined;
}

/** Marks the tag of a module script that has run, to distinguish several tags on a page. */
const TAKEN = 'taken';

/** The tag that loaded this script. `document.currentScript` is missing in modules: their tag is found by its URL. */
export function ownScript(): HTMLScriptElement | undefined {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src !== '') return current;
  const tag = [...document.querySelectorAll<HTMLScriptElement>('script[src*="/widget.js"]')].find(
    ({ type, dataset }) => type === 'module' && !(TAKEN in dataset),
  );
  if (tag !== undefined) tag.dataset[TAKEN] = '';
  return tag;
}

/** Reads the settings; missing and invalid attributes get the installation's settings or their defaults. */
export function readSettings({ src, dataset }: HTMLScriptElement): WidgetSettings {
  const own = $SWITCHBOARD_SETTINGS;
  const { color, position, offset = '', zIndex = '', hideLauncher, title, greeting, fallbackEmail, locale, inbox } = dataset;
  const [, x = '20', y = x] = /^\s*(\d{1,4})(?:\s+(\d{1,4}))?\s*$/.exec(offset) ?? [];
  return {
    base: new URL(src).origin,
    color: readColor(color, own.color),
    side: position === 'left' ? 'left' : 'right',
    offset: [x, y],
    zIndex: /^-?\d{1,9}$/.test(zIndex) ? zIndex : '2147483000',
    hideLauncher: hideLauncher !== undefined,
    title: title || own.title || 'Chat with us',
    heading: title,
    greeting,
    fallbackEmail,
    inbox,
    locale: locale === 'auto' ? document.documentElement.lang || navigator.language : locale,
  };
}
