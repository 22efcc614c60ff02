/**
 * What a message says. `Image` is what is known of a picture at the place in question: its bytes in an outbox, its upload in the database, its address on a
 * screen. A new type begins here: every switch that has to handle it stops compiling. No imports, so this file costs browsers only what they use.
 */
export type MessageBody<Image> =
  | { readonly type: 'text'; readonly text: string }
  /** `text` is the caption, null or empty without one. */
  | { readonly type: 'image'; readonly image: Image; readonly text: string | null };

export type BodyType = MessageBody<unknown>['type'];

/** What the HTTP API and the database call each type of body. */
export const MESSAGE_TYPES = { text: 'TEXT', image: 'IMAGE' } as const satisfies Record<BodyType, string>;
export type MessageType = (typeof MESSAGE_TYPES)[BodyType];

/** A picture that has an address. Null: not told (a list leaves out pictures that are stored inside their message). */
export interface LinkedImage {
  readonly url: string | null;
  readonly name: string | null;
  readonly mimeType: string | null;
}

/**
 * Ends a switch over every case. A case that is missing does not compile.
 *
 * @throws Error for a value that the types say can't be
 */
export function unreachable(value: never): never {
  throw new Error(`There is no case for ${JSON.stringify(value)}.`);
}

/** The words of a message, null for none. */
export function textOf(body: MessageBody<unknown>): string | null {
  switch (body.type) {
    case 'text':
    case 'image':
      return body.text === '' ? null : body.text;
    default:
      return unreachable(body);
  }
}

/** The body with what is known of its picture at another place. */
export function mapImage<Known, Needed>(body: MessageBody<Known>, convert: (image: Known) => Needed): MessageBody<Needed> {
  switch (body.type) {
    case 'text':
      return body;
    case 'image':
      return { ...body, image: convert(body.image) };
    default:
      return unreachable(body);
  }
}

/** Whether a message of this type carries a file, which is uploaded before the message is saved. */
export function carriesFile(type: BodyType): boolean {
  switch (type) {
    case 'text':
      return false;
    case 'image':
      return true;
    default:
      return unreachable(type);
  }
}

/** The fields of the socket events that say what a message is. */
export interface RelayedBody {
  readonly type: string;
  readonly message?: string | null | undefined;
  /** A URL, or from an old front-end a whole picture as a data URL. */
  readonly image?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly mimeType?: string | null | undefined;
}

/** Old front-ends may name any type; what carries a picture is a picture. */
function relayedType({ image }: RelayedBody): BodyType {
  return image == null || image === '' ? 'text' : 'image';
}

/** The body that a socket event stands for. */
export function bodyOfRelayed(event: RelayedBody): MessageBody<LinkedImage> {
  const { message, image, name, mimeType } = event;
  const type = relayedType(event);
  switch (type) {
    case 'text':
      return { type, text: message ?? '' };
    case 'image':
      return { type, image: { url: image ?? null, name: name ?? null, mimeType: mimeType ?? null }, text: message ?? null };
    default:
      return unreachable(type);
  }
}

/** The fields that say this body in a socket event. */
export function relayedBody(body: MessageBody<LinkedImage>): RelayedBody {
  switch (body.type) {
    case 'text':
      return { type: body.type, message: body.text };
    case 'image': {
      const { url, name, mimeType } = body.image;
      return { type: body.type, message: body.text, image: url, name, mimeType };
    }
    default:
      return unreachable(body);
  }
}

/** The fields of the HTTP API that say what a message is. */
export interface SavedBody {
  readonly messageType: MessageType;
  readonly text?: string | null | undefined;
  readonly imageUrl?: string | null | undefined;
  readonly imageName?: string | null | undefined;
  readonly mimeType?: string | null | undefined;
}

/** The body that a message of the HTTP API stands for. */
export function bodyOfSaved({ messageType, text, imageUrl, imageName, mimeType }: SavedBody): MessageBody<LinkedImage> {
  switch (messageType) {
    case 'TEXT':
      return { type: 'text', text: text ?? '' };
    case 'IMAGE':
      return {
        type: 'image',
        image: { url: imageUrl ?? null, name: imageName ?? null, mimeType: mimeType ?? null },
        text: text ?? null,
      };
    default:
      messageType satisfies never;
      // A newer server knows more types than this page, which shows the words that come with them.
      return { type: 'text', text: text ?? '' };
  }
}

/** The fields that say this body in the HTTP API. */
export function savedBody(body: MessageBody<LinkedImage>): SavedBody {
  const messageType = MESSAGE_TYPES[body.type];
  switch (body.type) {
    case 'text':
      return { messageType, text: body.text };
    case 'image': {
      const { url, name, mimeType } = body.image;
      return { messageType, ...(body.text === null ? {} : { text: body.text }), imageUrl: url, imageName: name, mimeType };
    }
    default:
      return unreachable(body);
  }
}
