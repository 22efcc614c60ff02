/** What the commands say to the person who started them. */
export interface Terminal {
  say(line: string): void;
  warn(line: string): void;
}

/** Standard output and error. A terminal that was closed, or a pipe whose reader is gone, must not stop what runs: whatever is said then is lost. */
export function openTerminal(): Terminal {
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    warn: (line) => void process.stderr.write(`${line}\n`),
  };
}

const LOUD = new Set(['warn', 'error', 'fatal']);
/** PostgreSQL's log: `2026-11-25 17:00:00.000 UTC [42] PANIC:  could not write …`. */
const DATABASE_TROUBLE = /\bPANIC:/;
const MAX_CHARS = 1_000;

/** A line for the terminal. */
export interface Loud {
  readonly text: string;
  /** The same for lines that tell of the same thing about others, or at another time. */
  readonly kind: string;
}

/**
 * What of a line that a service printed belongs on the terminal: warnings and errors of a server's log (JSON lines), readable, whatever it printed to
 * standard error, and what stops the database; undefined for the rest. What strangers have written into it can't steer the terminal.
 */
export function worthShowing(name: string, line: string, stream: 'stdout' | 'stderr'): Loud | undefined {
  const entry = parseEntry(line);
  if (entry === undefined) {
    const isTrouble = stream === 'stderr' ? line.trim() !== '' : DATABASE_TROUBLE.test(line);
    return isTrouble ? { text: plain(`${name}: ${line}`), kind: plain(`${name}: ${withoutNumbers(line)}`, 120) } : undefined;
  }
  if (!LOUD.has(String(entry.level))) return undefined;
  const { level, msg, time: _time, service: _service, err, ...fields } = entry;
  const reason = describe(err);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const begin = `${name}: ${String(level)}: ${String(msg)}`;
  return { text: plain(`${begin}${reason === '' ? '' : ` (${reason})`}${rest.join('')}`), kind: plain(withoutNumbers(begin), 120) };
}

/** Without colors and other control characters, and not too long. */
function plain(text: string, maxChars = MAX_CHARS): string {
  // oxlint-disable-next-line no-control-regex
  const printable = text.replaceAll(/\u001B\[[\d;]{0,20}[A-Za-z]/g, '').replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ');
  return printable.length > maxChars ? `${printable.slice(0, maxChars)} …` : printable;
}

/** Times, process ids and ports make no other kind of a line. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d[\d:.,TZ-]*/g, '#');
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // A line that only begins like JSON.
    return undefined;
  }
}

function describe(error: unknown): string {
  if (error === undefined || error === null) return '';
  if (typeof error === 'object' && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : JSON.stringify(error);
}
