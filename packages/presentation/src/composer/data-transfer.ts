/** Pasted or dropped content. */
export interface TransferContent {
  readonly files: readonly File[];
  /** Empty when there is no text. */
  readonly text: string;
}

/** The file name at the end of a path or URL. */
function nameIn(line: string): string {
  const name = line.split(/[/\\]/).at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A literal `%`.
  }
}

/**
 * Reads the intended content of a clipboard or a drag. Office programs and web pages provide a picture of the selection in addition to its text: the text is
 * used. File managers provide file names in addition to the files: the files are used.
 */
export function readTransfer(transfer: DataTransfer | null): TransferContent {
  const files = [...(transfer?.files ?? [])];
  const text = transfer?.getData('text/plain') ?? '';
  const names = new Set(files.map(({ name }) => name));
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
  const isText = lines.length > 0 && !(files.length > 0 && lines.every((line) => names.has(nameIn(line.trim()))));
  return isText ? { files: [], text } : { files, text: '' };
}
