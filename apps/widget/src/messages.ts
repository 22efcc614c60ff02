/**
 * What loader and frame say to one another by `postMessage`: always to one exact origin, and believed only from the other's window and origin. The
 * visitor's token is in none of them: it stays in the frame.
 */
export interface LoaderMessages {
  /** The panel was opened; `focus`: by a person, so the frame takes the keyboard; `full`: it fills the screen. */
  opened: { readonly focus: boolean; readonly full: boolean };
  closed: object;
  /** Where the visitor is. */
  page: { readonly url: string };
  /** Whether the host page has the focus now; that of the frame itself the frame knows. */
  focus: { readonly page: boolean };
  /** What the host page knows of the visitor: put into the form, editable. */
  prefill: { readonly name?: string; readonly email?: string; readonly phone?: string };
}

interface FrameMessages {
  ready: object;
  /** The visitor wants the panel closed (Escape, or the button in the panel's head). */
  close: object;
  unread: { readonly count: number };
  /** Whether there is a conversation: the loader remembers that much, so that its unread count is there after a reload. */
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
  unread: ({ count }) => Number.isSafeInteger(count) && Number(count) >= 0,
  conversation: ({ active }) => typeof active === 'boolean',
};

function passes(checks: Record<string, Check>, data: unknown): data is Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return false;
  const message = data as Record<string, unknown>;
  return (
    message.switchboard === 1 &&
    typeof message.type === 'string' &&
    Object.hasOwn(checks, message.type) &&
    checks[message.type]?.(message) === true
  );
}

/** The message, if it is one that a loader sends. */
export function readFromLoader(data: unknown): FromLoader | undefined {
  return passes(loaderChecks, data) ? (data as FromLoader) : undefined;
}

/** The message, if it is one that a frame sends. */
export function readFromFrame(data: unknown): FromFrame | undefined {
  return passes(frameChecks, data) ? (data as FromFrame) : undefined;
}

/**
 * What the frame is told in its address, behind the `#`, which no server sees. Anybody can make such an address: the words are shown only when a loader
 * around the frame answers.
 */
export interface FrameSettings {
  /** The host page's origin: the only one that the frame speaks to. */
  readonly origin: string;
  readonly color: string;
  /** Undefined: the frame's own, in its language. So is the greeting. */
  readonly title?: string | undefined;
  readonly greeting?: string | undefined;
  /** Language of the page around it; a loader that knows none leaves it out. */
  readonly locale?: string | undefined;
}
