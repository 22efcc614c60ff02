// A backup is an ordinary tar file, so that it can be inspected without Switchboard (`tar tzf`). This is the part of the format that a backup needs: files
// with short names, in the layout "ustar" of POSIX.1-1988.

/** One file in an archive. */
export interface TarEntry {
  readonly name: string;
  /** The content's length in bytes. */
  readonly size: number;
  readonly content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const BLOCK = 512;
/** The length of the header's name field. */
const MAX_NAME_BYTES = 100;
/** The end of an archive: two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK);
const MAX_SIZE = 0o77_777_777_777;

const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
const sumOf = (header: Buffer) => header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);

function headerOf(name: string, size: number, modified: Date): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || size > MAX_SIZE) throw new Error(`${name} (${size} bytes) does not fit into an archive.`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(Math.floor(modified.getTime() / 1000), 12), 136);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(octal(sumOf(header), 7), 148);
  header.write(' ', 155);
  return header;
}

const paddingOf = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

/**
 * The bytes of an entry.
 *
 * @throws Error when the content's length differs from `size`
 */
export async function* tarBytes({ name, size, content }: TarEntry, modified: Date): AsyncGenerator<Buffer> {
  yield headerOf(name, size, modified);
  let sent = 0;
  for await (const chunk of content) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size) throw new Error(`${name} changed while it was being read.`);
  yield Buffer.alloc(paddingOf(size));
}

/** Reads bytes in chunks of any size. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one and up to `most`. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw new Error('it ends too soon');
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      const chunk = await this.some(left);
      left -= chunk.length;
      yield chunk;
    }
  }

  async exactly(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.take(size)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Throws unless only zeros follow. Reads to the end, so that the source can detect truncation. */
  async onlyZerosLeft(): Promise<void> {
    for (let rest = this.#rest; ;) {
      if (rest.some((byte) => byte !== 0)) throw new Error('there is data after its end');
      const next = await this.#chunks.next();
      if (next.done === true) return;
      rest = next.value;
    }
  }
}

/**
 * The entries of an archive, one after the other: read an entry's content before requesting the next one (unread content is skipped).
 *
 * @param onBytes gets every byte of an entry (including header and padding) in order; the header before the entry is yielded
 * @throws Error with a reason when it is not a complete archive
 */
export async function* readTar(source: AsyncIterable<Buffer>, onBytes: (entry: string, bytes: Buffer) => void): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source);
  for (;;) {
    const header = await reader.exactly(BLOCK);
    if (header.every((byte) => byte === 0)) return await reader.onlyZerosLeft();
    const { name, size } = parseHeader(header);
    onBytes(name, header);
    let left = size;
    const content = (async function* read() {
      while (left > 0) {
        const chunk = await reader.some(left);
        left -= chunk.length;
        onBytes(name, chunk);
        yield chunk;
      }
    })();
    yield { name, size, content };
    for await (const chunk of reader.take(left)) onBytes(name, chunk);
    onBytes(name, await reader.exactly(paddingOf(size)));
  }
}

function parseHeader(header: Buffer): { name: string; size: number } {
  const textAt = (start: number, length: number) => header.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  const size = textAt(124, 12).trim();
  if (textAt(257, 5) !== 'ustar' || !/^[0-7]+$/.test(size) || Number.parseInt(textAt(148, 8), 8) !== sumOf(header))
    throw new Error('it contains something that is not an archive entry');
  return { name: textAt(0, MAX_NAME_BYTES), size: Number.parseInt(size, 8) };
}
