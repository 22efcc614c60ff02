import type { Logger } from './logger.ts';

/** The longest text in a log entry: enough to recognize an origin or an address, too little to fill a disk. Characters. */
export const MAX_LOGGED_CHARACTERS = 200;
const MAX_STACK_CHARACTERS = 3_000;
const MAX_LOGGED_ITEMS = 50;
const MAX_DEPTH = 4;

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}… (${text.length} characters)`;
}

/**
 * A copy of a value for the log, with texts cut to 200 characters (error stacks to 3,000), lists to 50 entries and objects to 4 levels, so that an entry
 * stays short whatever strangers send. Errors are returned unchanged; `loggedError` is for them.
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

/** How many log entries of one kind are written. */
export interface RepeatLimit {
  readonly lines: number;
  readonly windowMs: number;
}

/** One entry per second and kind on average, so that a day's entries of a kind never exceed a few megabytes. */
const REPEATS: RepeatLimit = { lines: 60, windowMs: 60_000 };
/** Kinds counted separately in a window. Messages are constants, so there are a few dozen. Should a message contain a stranger's text, its variants share one count. */
const MAX_KINDS = 500;

type Level = 'info' | 'warn' | 'error';

interface Kind {
  readonly level: Level;
  readonly message: string;
  readonly code: unknown;
  lines: number;
}

/**
 * A logger that writes at most `limit.lines` entries of one kind (level, message and `code`) per window, and at the end of the window one entry with the
 * number of those left out: nobody can flood the log by repeating what causes an entry. `debug` is not limited.
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
    // Only a count waits for the timer, so it must not keep the process alive.
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
