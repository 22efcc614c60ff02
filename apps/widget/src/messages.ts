/**
 * Messages between loader and frame by `postMessage`: always sent to one exact origin, and accepted only from the other's window and origin. None contains the
 * visitor's token, which stays in the frame.
 */
export interface LoaderMessages {
  /** The panel is open; `focus`: a person opened it, so the frame takes the focus; `full`: it fills the screen. */
  opened: { readonly focus: boolean; readonly full: boolean };
  closed: object;
  /** The page that the visitor is on. */
  page: { readonly url: string };
  /** Whether the host page has the focus; the frame knows whether it has the focus itself. */
  focus: { readonly page: boolean };
  /** What the host page knows about the visitor: editable defaults of the form. */
  prefill: { readonly name?: string; readonly email?: string; readonly phone?: string };
}

interface FrameMessages {
  ready: object;
  /** The visitor has closed the panel (Escape, or the button in the header). */
  close: object;
  unread: { readonly count: number };
  /** Whether there is a conversation: the loader remembers it, so that the unread count is shown after a reload. */
  conversation: { readonly active: boolean };
}

type Tagged<M> = { [T in keyof M]: { readonly switchboard: 1; readonly type: T } & M[T] }[keyof M];
export type FromLoader = Tagged<LoaderMessages>;
export type FromFrame = Tagged<FrameMessages>;

type Check = (data: Record<string, unknown>) => boolean;
const isText = (value: unknown) => value === undefined || (typeof value === 'string' && value.length <= 2_048);

const loaderChecks: Record<keyof LoaderMessages, Check> = {
  opened: ({ focus, full }) => typeof focus === 'boolean' && typeof full === 'boolean',
  closed: () => true,
  page: ({ url }) => typeof url === 'string' && url.length <= 2_048,
  focus: ({ page }) => typeof page === 'boolean',
  prefill: ({ name, email, phone }) => isText(name) && isText(email) && isText(phone),
};

const frameChecks: Record<keyof FrameMessages, Check> = {
  ready: () => true,
  close: () => true,
  unread: ({ count }) => Number.isSafeInteger(count) && (count as number) >= 0,
  conversation: ({ active }) => typeof active === 'boolean',
};

function passes(checks: Record<string, Check>, data: unknown): boolean {
  const message = data as Record<string, unknown> | null | undefined;
  const type = message?.switchboard === 1 ? message.type : undefined;
  return typeof type === 'string' && Object.hasOwn(checks, type) && checks[type]?.(message ?? {}) === true;
}

/** The message, if it is a valid loader message. */
export function readFromLoader(data: unknown): FromLoader | undefined {
  return passes(loaderChecks, data) ? (data as FromLoader) : undefined;
}

/** The message, if it is a valid frame message. */
export function readFromFrame(data: unknown): FromFrame | undefined {
  return passes(frameChecks, data) ? (data as FromFrame) : undefined;
}

/**
 * Settings in the fragment of the frame's URL, which no server sees. Anybody can create such a URL: texts are shown only after a loader around the frame has
 * answered.
 */
export interface FrameSettings {
  /** The host page's origin: the only one that the frame sends messages to. */
  readonly origin: string;
  readonly color: string;
  /** Undefined: the frame's default in its language. The same applies to the greeting. */
  readonly title?: string | undefined;
  readonly greeting?: string | undefined;
  /** Language of the chat; undefined if the site has not set one. */
  readonly locale?: string | undefined;
  /** The key of the inbox to which a new conversation belongs. */
  readonly inbox?: string | undefined;
}
