import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_LINES = 20;

/** The log of one process in a file of its own: 10 MB, and the 10 MB before that with `.1` after the name. */
export class LogFile {
  readonly #path: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #last: string[] = [];
  #handle: number;
  #bytes: number;
  #troubled = false;

  /** @param onTrouble told once when lines can't be written (a full disk): they are dropped until they can */
  constructor(path: string, onTrouble: (error: unknown) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
    this.#handle = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#handle).size;
  }

  write(line: string): void {
    this.#last.push(line);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    try {
      if (this.#bytes > MAX_BYTES) this.#rotate();
      this.#bytes += writeSync(this.#handle, `${line}\n`);
      this.#troubled = false;
    } catch (error) {
      if (!this.#troubled) this.#onTrouble(error);
      this.#troubled = true;
    }
  }

  /** The newest lines of this run, oldest first. */
  lastLines(): readonly string[] {
    return this.#last;
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    const old = this.#handle;
    this.#handle = openSync(this.#path, 'a', 0o600);
    this.#bytes = 0;
    closeSync(old);
  }

  close(): void {
    closeSync(this.#handle);
  }
}
