import { MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';

import { type ConversationHandle, type Problem, createEmitter, problemOf } from '@switchboard/client';
import type { TransferContent } from './data-transfer.ts';
import { readyPicture, type ReadyPicture } from './picture-file.ts';

/** How many pictures wait beside a field at most. */
const MAX_PICTURES = 20;

/** A picture that waits beside the field to be sent. */
export interface PickedPicture {
  readonly id: number;
  readonly name: string;
  /** A `blob:` address to show it with. */
  readonly url: string;
}

export interface ComposerSnapshot {
  readonly text: string;
  readonly pictures: readonly PickedPicture[];
  /** Why something was not taken. */
  readonly problems: readonly Problem[];
  readonly tooLong: boolean;
  /** There is something to send, and it can be sent. */
  readonly ready: boolean;
}

/** Where what is typed is kept until it is sent, so that it survives the page. */
export interface Draft {
  read(): string;
  write(text: string): void;
  /** Somebody else has changed it (another tab of the same person). Returns how to stop listening. */
  onChange?(listener: (text: string) => void): () => void;
}

interface Picture extends PickedPicture {
  /** Read, and made smaller where it must be. */
  readonly ready: Promise<ReadyPicture>;
}

/** What was in the field when the person sent it. */
interface Sent {
  readonly text: string;
  readonly pictures: readonly Picture[];
}

/**
 * What a person writes to one conversation: the text in the field and the pictures beside it. Sending takes both over in the same instant, so that what is
 * typed next is the next message; should they be refused, they come back in front of what has been typed since. Nothing that was typed is ever cleared,
 * and nothing is sent before the person sends it.
 */
export class ComposerState {
  readonly #draft: Draft;
  readonly #changed = createEmitter<void>();
  readonly #stopDraft: (() => void) | undefined;
  #conversation: ConversationHandle | undefined;
  #text: string;
  #pictures: readonly Picture[] = [];
  #problems: readonly Problem[] = [];
  /** Taken over and not yet kept, in order. */
  #sent: readonly Sent[] = [];
  #lastId = 0;
  #snapshot: ComposerSnapshot;

  constructor(draft: Draft) {
    this.#draft = draft;
    this.#text = draft.read();
    this.#snapshot = this.#build();
    this.#stopDraft = draft.onChange?.((told) => {
      this.#text = told;
      this.#refresh();
    });
  }

  /** The conversation that it is sent to from now on: the same one, though perhaps opened anew. */
  attach(conversation: ConversationHandle): void {
    this.#conversation = conversation;
  }

  getSnapshot(): ComposerSnapshot {
    return this.#snapshot;
  }

  /** Calls `listener` after every change of the snapshot; returns how to stop. */
  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** The text in the field is another one. */
  change(text: string): void {
    this.#setText(text);
    this.#conversation?.setTyping(text.trim() !== '');
  }

  /** Puts what was dropped behind the text, or beside the field. */
  take({ files, text }: TransferContent): void {
    if (text !== '') this.change(this.#text === '' ? text : `${this.#text} ${text}`);
    this.add(files);
  }

  /** Puts pictures beside the field. What can't be sent is left out, and why is said. */
  add(files: readonly File[]): void {
    const room = MAX_PICTURES - this.#pictures.length;
    this.#problems = files.length > room ? [{ key: 'too_many_pictures', limit: MAX_PICTURES }] : [];
    const taken = files.slice(0, room).map((file) => this.#pick(file, files.length > 1));
    this.#pictures = [...this.#pictures, ...taken];
    this.#refresh();
  }

  /** Takes a picture away again. */
  remove(id: number): void {
    this.#letGo(this.#pictures.filter((picture) => picture.id === id));
    this.#pictures = this.#pictures.filter((picture) => picture.id !== id);
    this.#refresh();
  }

  /** The problems have been read. */
  dismiss(): void {
    this.#problems = [];
    this.#refresh();
  }

  /** Takes over what is there and empties the field. Does nothing where there is nothing that could be sent. */
  send(): void {
    if (!this.#snapshot.ready) return;
    const isIdle = this.#sent.length === 0;
    this.#sent = [...this.#sent, { text: this.#text, pictures: this.#pictures }];
    this.#pictures = [];
    this.#problems = [];
    this.change('');
    if (isIdle) void this.#deliver();
  }

  /** Whether something would be lost if the page were left now. The text is in the draft. */
  isAtRisk(): boolean {
    return this.#sent.length > 0 || this.#pictures.length > 0;
  }

  /** Lets go of the pictures. What was sent goes out all the same. */
  close(): void {
    this.#stopDraft?.();
    this.#letGo(this.#pictures);
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
    const called = isOneOfMany && file.name !== '' ? file.name : undefined;
    const ready = readyPicture(file, called, this.#conversation?.maxImageBytes ?? 0);
    // Said at once, whether or not it is sent by then.
    ready.catch((error: unknown) => {
      this.#problems = [...this.#problems, problemOf(error)];
      this.remove(id);
    });
    return { id, name: file.name === '' ? 'picture' : file.name, url: URL.createObjectURL(file), ready };
  }

  /** Hands over, one after the other, what was sent. What is refused comes back, and all that was sent after it. */
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

  /** The text goes with the last picture, so that it stands below all of them. When no picture can be sent, its caption is not sent alone: this throws. */
  async #deliverOne({ text, pictures }: Sent): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined) throw new Error('There is no conversation to send to.');
    const outcomes = await Promise.allSettled(pictures.map(({ ready }) => ready));
    const isGood = (index: number) => outcomes[index]?.status === 'fulfilled';
    this.#letGo(pictures.filter((_, index) => !isGood(index)));
    const good = pictures.filter((_, index) => isGood(index));
    this.#sent = [{ text, pictures: good }, ...this.#sent.slice(1)];
    const unreadable = outcomes.find((outcome) => outcome.status === 'rejected');
    if (good.length === 0 && unreadable !== undefined) throw unreadable.reason;
    if (good.length === 0 && text.trim() !== '') await conversation.sendText(text);
    for (const [index, picture] of good.entries()) {
      const { blob, name, width, height } = await picture.ready;
      const isLast = index === good.length - 1;
      await conversation.sendImage(blob, name, { width, height, ...(isLast ? { text } : {}) });
      this.#letGo([picture]);
      this.#sent = [{ text: isLast ? '' : text, pictures: good.slice(index + 1) }, ...this.#sent.slice(1)];
    }
  }

  #takeBack(): void {
    const sent = this.#sent;
    this.#sent = [];
    this.#pictures = [...sent.flatMap(({ pictures }) => pictures), ...this.#pictures];
    this.#setText([...sent.map(({ text }) => text), this.#text].filter((text) => text !== '').join('\n'));
  }

  #letGo(pictures: readonly Picture[]): void {
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
