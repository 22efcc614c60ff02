import { MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';

import { type ConversationHandle, type Problem, createEmitter, problemOf } from '@switchboard/client';
import type { TransferContent } from './data-transfer.ts';
import { readyPicture, type ReadyPicture } from './picture-file.ts';

/** The most pictures that may be attached at once. */
const MAX_PICTURES = 20;

/** A picture that is attached and not sent yet. */
export interface PickedPicture {
  readonly id: number;
  readonly name: string;
  /** A `blob:` URL for the preview. */
  readonly url: string;
}

export interface ComposerSnapshot {
  readonly text: string;
  readonly pictures: readonly PickedPicture[];
  /** Why something was refused. */
  readonly problems: readonly Problem[];
  readonly tooLong: boolean;
  /** There is something that can be sent. */
  readonly ready: boolean;
}

/** Storage of the typed text until it is sent, so that it survives a reload. */
export interface Draft {
  read(): string;
  write(text: string): void;
  /** Notifies of changes by another tab of the same person. Returns a function that unsubscribes. */
  onChange?(listener: (text: string) => void): () => void;
}

interface Picture extends PickedPicture {
  /** Resolves when the picture has been read and, if necessary, scaled down. */
  readonly ready: Promise<ReadyPicture>;
}

/** Text and pictures of one press of Send. */
interface Sent {
  readonly text: string;
  readonly pictures: readonly Picture[];
}

/**
 * The composer of one conversation: the typed text and the attached pictures. Sending takes both at once, so that text typed afterward belongs to the next
 * message; if they are refused, they are put back before it. Typed text is never lost, and nothing is sent before the person sends it.
 */
export class ComposerState {
  readonly #draft: Draft;
  readonly #changed = createEmitter<void>();
  readonly #stopDraft: (() => void) | undefined;
  #conversation: ConversationHandle | undefined;
  #text: string;
  #pictures: readonly Picture[] = [];
  #problems: readonly Problem[] = [];
  /** Sent but not in the outbox yet, in order. */
  #sent: readonly Sent[] = [];
  #lastId = 0;
  #snapshot: ComposerSnapshot;

  constructor(draft: Draft) {
    this.#draft = draft;
    this.#text = draft.read();
    this.#snapshot = this.#build();
    this.#stopDraft = draft.onChange?.((changed) => {
      this.#text = changed;
      this.#refresh();
    });
  }

  /** Sets the handle of the conversation; a conversation that was opened again has a new handle. */
  attach(conversation: ConversationHandle): void {
    this.#conversation = conversation;
  }

  getSnapshot(): ComposerSnapshot {
    return this.#snapshot;
  }

  /** Calls `listener` after every change of the snapshot; returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Sets the text of the field. */
  change(text: string): void {
    this.#setText(text);
    this.#conversation?.setTyping(text.trim() !== '');
  }

  /** Appends dropped text to the field, and attaches dropped files. */
  take({ files, text }: TransferContent): void {
    if (text !== '') this.change(this.#text === '' ? text : `${this.#text} ${text}`);
    this.add(files);
  }

  /** Attaches pictures. Files that can't be sent are left out, with a problem for each. */
  add(files: readonly File[]): void {
    const room = MAX_PICTURES - this.#pictures.length;
    this.#problems = files.length > room ? [{ key: 'too_many_pictures', limit: MAX_PICTURES }] : [];
    const taken = files.slice(0, room).map((file) => this.#pick(file, files.length > 1));
    this.#pictures = [...this.#pictures, ...taken];
    this.#refresh();
  }

  /** Removes an attached picture. */
  remove(id: number): void {
    this.#release(this.#pictures.filter((picture) => picture.id === id));
    this.#pictures = this.#pictures.filter((picture) => picture.id !== id);
    this.#refresh();
  }

  /** Clears the problems. */
  dismiss(): void {
    this.#problems = [];
    this.#refresh();
  }

  /** Sends text and pictures and clears the field. Does nothing unless `ready`. */
  send(): void {
    if (!this.#snapshot.ready) return;
    const isIdle = this.#sent.length === 0;
    this.#sent = [...this.#sent, { text: this.#text, pictures: this.#pictures }];
    this.#pictures = [];
    this.#problems = [];
    this.change('');
    if (isIdle) void this.#deliver();
  }

  /** Whether leaving the page now would lose something: pictures, or messages that are not in the outbox yet. The text is in the draft. */
  isAtRisk(): boolean {
    return this.#sent.length > 0 || this.#pictures.length > 0;
  }

  /** Releases the attached pictures. Messages that were sent are still delivered. */
  close(): void {
    this.#stopDraft?.();
    this.#release(this.#pictures);
    this.#pictures = [];
  }

  #setText(text: string): void {
    this.#text = text;
    this.#draft.write(text);
    this.#refresh();
  }

  #pick(file: File, isOneOfMany: boolean): Picture {
    this.#lastId += 1;
    const id = this.#lastId;
    const nameInProblem = isOneOfMany && file.name !== '' ? file.name : undefined;
    const ready = readyPicture(file, nameInProblem, this.#conversation?.maxImageBytes ?? 0);
    // Reported at once, even if the picture has been sent by then.
    ready.catch((error: unknown) => {
      this.#problems = [...this.#problems, problemOf(error)];
      this.remove(id);
    });
    return { id, name: file.name === '' ? 'picture' : file.name, url: URL.createObjectURL(file), ready };
  }

  /** Adds sent messages to the outbox, one after the other. After a refusal, that message and all later ones are put back into the composer. */
  async #deliver(): Promise<void> {
    for (let next = this.#sent[0]; next !== undefined; next = this.#sent[0]) {
      try {
        await this.#deliverOne(next);
        this.#sent = this.#sent.slice(1);
      } catch (error) {
        this.#problems = [problemOf(error)];
        this.#takeBack();
      }
    }
    this.#refresh();
  }

  /** The text is sent with the last picture, so that it appears below all of them. Throws if no picture can be sent: a caption is not sent alone. */
  async #deliverOne({ text, pictures }: Sent): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined) throw new Error('There is no conversation to send to.');
    const outcomes = await Promise.allSettled(pictures.map(({ ready }) => ready));
    const isGood = (index: number) => outcomes[index]?.status === 'fulfilled';
    this.#release(pictures.filter((_, index) => !isGood(index)));
    const good = pictures.filter((_, index) => isGood(index));
    this.#sent = [{ text, pictures: good }, ...this.#sent.slice(1)];
    const unreadable = outcomes.find((outcome) => outcome.status === 'rejected');
    if (good.length === 0 && unreadable !== undefined) throw unreadable.reason;
    if (good.length === 0 && text.trim() !== '') await conversation.sendText(text);
    for (const [index, picture] of good.entries()) {
      const { blob, name, width, height } = await picture.ready;
      const isLast = index === good.length - 1;
      await conversation.sendImage(blob, name, { width, height, ...(isLast ? { text } : {}) });
      this.#release([picture]);
      this.#sent = [{ text: isLast ? '' : text, pictures: good.slice(index + 1) }, ...this.#sent.slice(1)];
    }
  }

  #takeBack(): void {
    const sent = this.#sent;
    this.#sent = [];
    this.#pictures = [...sent.flatMap(({ pictures }) => pictures), ...this.#pictures];
    this.#setText([...sent.map(({ text }) => text), this.#text].filter((text) => text !== '').join('\n'));
  }

  #release(pictures: readonly Picture[]): void {
    for (const { url } of pictures) URL.revokeObjectURL(url);
  }

  #refresh(): void {
    this.#snapshot = this.#build();
    this.#changed.emit();
  }

  #build(): ComposerSnapshot {
    const [text, pictures, problems] = [this.#text, this.#pictures, this.#problems];
    const tooLong = text.length > MAX_TEXT_LENGTH;
    return { text, pictures, problems, tooLong, ready: !tooLong && (pictures.length > 0 || text.trim() !== '') };
  }
}
