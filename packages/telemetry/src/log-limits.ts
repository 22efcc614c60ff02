import type { Logger } from './logger.ts';

/** Characters of a text in a log line: enough to recognize an origin or an address by, too few to fill a disk with. */
export const MAX_LOGGED_CHARACTERS = 200;
const MAX_STACK_CHARACTERS = 3_000;
const MAX_LOGGED_ITEMS = 50;
const MAX_DEPTH = 4;

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}… (${text.length} characters)`;
}

/**
 * A copy of what is to be logged, with every text in it cut to 200 characters (stacks of errors to 3,000), long lists to 50 entries and deep objects
 * to 4 levels: whatever strangers sent, a line stays short. Errors are passed on as they are; `loggedError` is for them.
 */
export function shortened(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cut(value, MAX_LOGGED_CHARACTERS);
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.slice(0, MAX_LOGGED_ITEMS).map((item) => shortened(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_LOGGED_ITEMS);
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === 'stack' && typeof item === 'string' ? cut(item, MAX_STACK_CHARACTERS) : shortened(item, depth + 1),
    ]),
  );
}

/** How many lines of one kind are written. */
export interface RepeatLimit {
  readonly lines: number;
  readonly windowMs: number;
}

/** One line a second for each kind, so that whatever happens a day's lines of it fit into some megabytes. */
const REPEATS: RepeatLimit = { lines: 60, windowMs: 60_000 };
/** Kinds told apart in a window. Messages are constants, so there are a few dozen; should one hold a stranger's text, its variants share what is left. */
const MAX_KINDS = 500;

type Level = 'info' | 'warn' | 'error';

interface Kind {
  readonly level: Level;
  readonly message: string;
  readonly code: unknown;
  lines: number;
}

/**
 * A logger that writes at most `limit.lines` lines of one kind (level, message and `code`) in a window, and at its end one line with the number of
 * those left out: nobody can push other lines out of a log by repeating what causes one. `debug` is not limited.
 */
export function limitRepeats(log: Logger, limit: RepeatLimit = REPEATS): Logger {
  let kinds = new Map<string, Kind>();
  let timer: NodeJS.Timeout | undefined;

  function endWindow(): void {
    const past = kinds;
    kinds = new Map();
    timer = undefined;
    for (const { level, message, code, lines } of past.values()) {
      const repeated = lines - limit.lines;
      if (repeated > 0)
        log[level](
          { ...(code === undefined ? {} : { code }), of: message, repeated, windowMs: limit.windowMs },
          'more lines of one kind were not written',
        );
    }
  }

  function isLeftOut(level: Level, fields: object, message: string): boolean {
    const code: unknown = 'code' in fields ? fields.code : undefined;
    const name = `${level} ${String(code)} ${message}`;
    const key = kinds.has(name) || kinds.size < MAX_KINDS ? name : level;
    const kind = kinds.get(key) ?? {
      level,
      message: key === name ? message : 'other messages',
      code: key === name ? code : undefined,
      lines: 0,
    };
    kinds.set(key, kind);
    kind.lines += 1;
    // Nothing but a count waits for it, so it does not keep the process.
    timer ??= setTimeout(endWindow, limit.windowMs).unref();
    return kind.lines > limit.lines;
  }

  function limited(inner: Logger): Logger {
    const write = (level: Level) => (fields: object, message: string) => {
      if (!isLeftOut(level, fields, message)) inner[level](fields, message);
    };
    return {
      debug: (fields, message) => inner.debug(fields, message),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => limited(inner.child(fields)),
    };
  }
  return limited(log);
}
