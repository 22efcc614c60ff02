/** What a site says about its chat, in the attributes of the script tag. */
export interface WidgetSettings {
  /** Origin of the installation. */
  readonly base: string;
  readonly color: string | undefined;
  readonly side: 'left' | 'right';
  /** Pixels from that side, and from the bottom. */
  readonly offset: readonly [x: string, y: string];
  readonly zIndex: string;
  /** The page opens the chat by itself: the launcher is shown only while it closes the panel. */
  readonly hideLauncher: boolean;
  /** Names the panel on the page. */
  readonly title: string;
  /** The heading in the frame. Undefined: a text of the frame's, in its language. So is the greeting. */
  readonly heading: string | undefined;
  readonly greeting: string | undefined;
  /** Shown where the chat can't be loaded. */
  readonly fallbackEmail: string | undefined;
  /** Language and direction of the chat; undefined: English, as its words are. */
  readonly locale: string | undefined;
}

/** On the tag of a module that has run: two of them on a page are told apart by it. */
const TAKEN = 'taken';

/** The tag that brought this script. Browsers name it, but not to modules: theirs is found by its address. */
export function ownScript(): HTMLScriptElement | undefined {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src !== '') return current;
  const tag = [...document.querySelectorAll<HTMLScriptElement>('script[src*="/widget.js"]')].find(
    ({ type, dataset }) => type === 'module' && !(TAKEN in dataset),
  );
  if (tag !== undefined) tag.dataset[TAKEN] = '';
  return tag;
}

/** The defaults for whatever is missing or makes no sense. */
export function readSettings({ src, dataset }: HTMLScriptElement): WidgetSettings {
  const { color, position, offset = '', zIndex = '', hideLauncher, title, greeting, fallbackEmail, locale } = dataset;
  const [, x = '20', y = x] = /^\s*(\d{1,4})(?:\s+(\d{1,4}))?\s*$/.exec(offset) ?? [];
  return {
    base: new URL(src).origin,
    color,
    side: position === 'left' ? 'left' : 'right',
    offset: [x, y],
    zIndex: /^-?\d{1,9}$/.test(zIndex) ? zIndex : '2147483000',
    hideLauncher: hideLauncher !== undefined,
    title: title ?? 'Chat with us',
    heading: title,
    greeting,
    fallbackEmail,
    locale: locale === 'auto' ? document.documentElement.lang || navigator.language : locale,
  };
}
