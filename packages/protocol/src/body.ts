/**
 * The content of a message. `Image` is how a picture is represented in the given place: its bytes in an outbox, its upload in the database, its URL on a
 * screen. Add a new type here: every switch that has to handle it stops compiling. No imports, so this file costs browsers only what they use.
 */
export type MessageBody<Image> =
  | { readonly type: 'text'; readonly text: string }
  /** `text` is the caption, null or empty without one. */
  | { readonly type: 'image'; readonly image: Image; readonly text: string | null };

export type BodyType = MessageBody<unknown>['type'];

/** The name of each type of body in the HTTP API and in the database. */
export const MESSAGE_TYPES = { text: 'TEXT', image: 'IMAGE' } as const satisfies Record<BodyType, string>;
export type MessageType = (typeof MESSAGE_TYPES)[BodyType];

/** A picture with a URL. Null: not known (a list leaves out pictures that are stored inside their message). */
export interface LinkedImage {
  readonly url: string | null;
  readonly name: string | null;
  readonly mimeType: string | null;
}

/**
 * The default of an exhaustive switch: a missing case does not compile.
 *
 * @throws Error for a value outside its type
 */
export function unreachable(value: never): never {
  throw new Error(`There is no case for ${JSON.stringify(value)}.`);
}

/** The text of a message, null when it has none. */
export function textOf(body: MessageBody<unknown>): string | null {
  switch (body.type) {
    case 'text':
    case 'image':
      return body.text === '' ? null : body.text;
    default:
      return unreachable(body);
  }
}

/** The body with its picture converted to another representation. */
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

/** Whether a message of this type carries a file that is uploaded before the message is saved. */
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

/** The fields of a socket event that hold a message's body. */
export interface RelayedBody {
  readonly type: string;
  readonly message?: string | null | undefined;
  /** A URL, or from an old front-end a whole picture as a data URL. */
  readonly image?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly mimeType?: string | null | undefined;
}

/** Old front-ends may send any type name; an event with a picture is an image. */
function relayedType({ image }: RelayedBody): BodyType {
  return image == null || image === '' ? 'text' : 'image';
}

/** Reads the body from a socket event. */
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

/** Writes the body as fields of a socket event. */
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

/** The fields of the HTTP API that hold a message's body. */
export interface SavedBody {
  readonly messageType: MessageType;
  readonly text?: string | null | undefined;
  readonly imageUrl?: string | null | undefined;
  readonly imageName?: string | null | undefined;
  readonly mimeType?: string | null | undefined;
}

/** Reads the body from a message of the HTTP API. */
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
      // A newer server may send types that this page does not know: show their text.
      return { type: 'text', text: text ?? '' };
  }
}

/** Writes the body as fields of the HTTP API. */
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
