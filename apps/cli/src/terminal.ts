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

/**
 * What of a line that a server printed belongs on the terminal: warnings and errors of its log (JSON lines), readable, and whatever it printed to
 * standard error; undefined for the rest.
 */
export function worthShowing(name: string, line: string, stream: 'stdout' | 'stderr'): string | undefined {
  const entry = parseEntry(line);
  if (entry === undefined) return stream === 'stderr' && line.trim() !== '' ? `${name}: ${line}` : undefined;
  if (!LOUD.has(String(entry.level))) return undefined;
  const { level, msg, time: _time, service: _service, err, ...fields } = entry;
  const reason = describe(err);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${name}: ${String(level)}: ${String(msg)}${reason === '' ? '' : ` (${reason})`}${rest.join('')}`;
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
