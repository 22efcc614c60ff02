import { join } from 'node:path';

import { LogFile } from './log-file.ts';
import { Repeats } from './repeats.ts';
import { type Terminal, terminalLineOf } from './terminal.ts';

/** Room for about ten thousand warnings, which other lines never displace. */
const PROBLEMS_BYTES = 2 * 1024 * 1024;
const PROBLEM_CHARS = 4_096;
const COUNTING_MS = 60_000;

/** Distributes a service's output: all of it to `<name>.log`; warnings and errors also to the terminal and `<name>.problems.log`. */
export class ServerLog {
  readonly #name: string;
  readonly #terminal: Terminal;
  readonly #all: LogFile;
  readonly #problems: LogFile;
  readonly #repeats: Repeats;
  readonly #timer: NodeJS.Timeout;

  /** @param folder the folder of the log files */
  constructor(folder: string, name: string, terminal: Terminal) {
    this.#name = name;
    this.#terminal = terminal;
    const open = (file: string, maxBytes?: number) => {
      const path = join(folder, file);
      return new LogFile(path, (error) => terminal.warn(`${path} can't be written: ${String(error)}`), maxBytes);
    };
    this.#all = open(`${name}.log`);
    this.#problems = open(`${name}.problems.log`, PROBLEMS_BYTES);
    this.#repeats = new Repeats((kind, count) => this.#reportRepeats(kind, count));
    this.#timer = setInterval(() => this.#repeats.flush(), COUNTING_MS);
    this.#timer.unref();
  }

  write(line: string, stream: 'stdout' | 'stderr'): void {
    this.#all.write(line);
    const loud = terminalLineOf(this.#name, line, stream);
    if (loud === undefined || !this.#repeats.admit(loud.kind)) return;
    this.#problems.write(line.slice(0, PROBLEM_CHARS));
    this.#terminal.warn(loud.text);
  }

  /** The newest lines of this run, oldest first. */
  lastLines(): readonly string[] {
    return this.#all.lastLines();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#repeats.flush();
    this.#all.close();
    this.#problems.close();
  }

  #reportRepeats(kind: string, count: number): void {
    const text = `${kind}: ${count} more of these`;
    this.#problems.write(JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg: text }));
    this.#terminal.warn(text);
  }
}
