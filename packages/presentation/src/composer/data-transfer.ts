/** What a person has pasted or dropped. */
export interface TransferContent {
  readonly files: readonly File[];
  /** Text that stands beside the files, or alone; empty when there is none. */
  readonly text: string;
}

/** The name at the end of a path or address. */
function nameIn(line: string): string {
  const name = line.split(/[/\\]/).at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A `%` that is just a `%`.
  }
}

/**
 * What of a clipboard or a drag is meant. Office programs and web pages hand over a picture of what is selected beside the text itself: then the text is meant.
 * File managers hand over the names of files beside the files: then the files are.
 */
export function readTransfer(transfer: DataTransfer | null): TransferContent {
  const files = [...(transfer?.files ?? [])];
  const text = transfer?.getData('text/plain') ?? '';
  const names = new Set(files.map(({ name }) => name));
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
  const isText = lines.length > 0 && !(files.length > 0 && lines.every((line) => names.has(nameIn(line.trim()))));
  return isText ? { files: [], text } : { files, text: '' };
}
