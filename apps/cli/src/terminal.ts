/** The output of commands to the user. */
export interface Terminal {
  say(line: string): void;
  warn(line: string): void;
}

/** Standard output and error. A closed terminal or pipe must not stop the system: later output is dropped. */
export function openTerminal(): Terminal {
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    warn: (line) => void process.stderr.write(`${line}\n`),
  };
}

const SHOWN_LEVELS = new Set(['warn', 'error', 'fatal']);
/** PostgreSQL's log: `2026-11-25 17:00:00.000 UTC [42] PANIC:  could not write …`. */
const DATABASE_TROUBLE = /\bPANIC:/;
const MAX_CHARS = 1_000;

/** A line to show on the terminal. */
export interface TerminalLine {
  readonly text: string;
  /** The same for lines that differ only in times, numbers and addresses. */
  readonly kind: string;
}

/**
 * The terminal's line for a line that a service printed: warnings and errors of a server's log (JSON lines) in readable form, everything on standard error, and
 * fatal errors of the database; undefined for the rest. Control characters are removed, so strangers' input can't control the terminal.
 */
export function terminalLineOf(name: string, line: string, stream: 'stdout' | 'stderr'): TerminalLine | undefined {
  const entry = parseEntry(line);
  if (entry === undefined) {
    const isTrouble = stream === 'stderr' ? line.trim() !== '' : DATABASE_TROUBLE.test(line);
    return isTrouble ? { text: plain(`${name}: ${line}`), kind: plain(`${name}: ${withoutNumbers(line)}`, 120) } : undefined;
  }
  if (!SHOWN_LEVELS.has(String(entry.level))) return undefined;
  const { level, msg, time: _time, service: _service, err, ...fields } = entry;
  const reason = describe(err);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const begin = `${name}: ${String(level)}: ${String(msg)}`;
  return { text: plain(`${begin}${reason === '' ? '' : ` (${reason})`}${rest.join('')}`), kind: plain(withoutNumbers(begin), 120) };
}

/** Removes colors and other control characters, and cuts to a limit. */
function plain(text: string, maxChars = MAX_CHARS): string {
  // oxlint-disable-next-line no-control-regex
  const printable = text.replaceAll(/\u001B\[[\d;]{0,20}[A-Za-z]/g, '').replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ');
  return printable.length > maxChars ? `${printable.slice(0, maxChars)} …` : printable;
}

/** Removes times, process ids and ports, which don't distinguish kinds of lines. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d[\d:.,TZ-]*/g, '#');
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Only the beginning of the line looks like JSON.
    return undefined;
  }
}

function describe(error: unknown): string {
  if (error === undefined || error === null) return '';
  if (typeof error === 'object' && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : JSON.stringify(error);
}
