import { type ConversationHandle, type TimelineImage, type TimelineMessage, messageId } from '@switchboard/client';
import {
  LIST_ITEM,
  type MessageGroup,
  type TextPart,
  blocksOf,
  captionWidth,
  externalHost,
  safeImageUrl,
  shownSize,
} from '@switchboard/presentation';
import { carriesFile, textOf, unreachable } from '@switchboard/protocol/body';

import { useTexts, type Texts } from './texts.ts';
import { DynamicText } from './DynamicText.tsx';

/** Maximum width of a picture in CSS pixels. */
const MAX_WIDTH = 240;

interface GroupProps {
  readonly group: MessageGroup;
  /** Key of the newest own message, which shows its status. */
  readonly lastOwn: string | null;
  readonly conversation: ConversationHandle;
}

/** Consecutive messages of one sender, with one name and one time. */
export function Group({ group, lastOwn, conversation }: GroupProps) {
  const t = useTexts();
  const first = group.messages[0];
  return (
    <div class={group.own ? 'group own' : 'group'}>
      <p class="who" aria-hidden="true">
        {group.own ? null : (
          <b dir="auto">
            <DynamicText translate={false}>{group.operatorName ?? t('support')}</DynamicText>
          </b>
        )}
        {first === undefined ? null : (
          <time dateTime={first.createdAt}>
            <DynamicText translate={false}>{t.times.clock(first.createdAt)}</DynamicText>
          </time>
        )}
      </p>
      {group.messages.map((message) => (
        <Message key={messageId(message)} message={message} last={message.own && message.key === lastOwn} conversation={conversation} />
      ))}
    </div>
  );
}

interface MessageProps {
  readonly message: TimelineMessage;
  readonly last: boolean;
  readonly conversation: ConversationHandle;
}

/** The text alternative of a picture. */
export function pictureName(name: string | null, t: Texts): string {
  return name === null ? t('picture') : t('pictureNamed', { name });
}

function attachmentName(body: TimelineMessage['body'], t: Texts): string | null {
  switch (body.type) {
    case 'text':
      return null;
    case 'image':
      return pictureName(body.image.name, t);
    default:
      return unreachable(body);
  }
}

/** The accessible name of a message: sender, time, content and status. */
function nameOf({ own, operatorName, createdAt, body, status }: TimelineMessage, t: Texts): string {
  const said = [attachmentName(body, t), textOf(body), status === null ? null : t(status)];
  const who = own ? t('you') : (operatorName ?? t('support'));
  return t('messageName', { who, time: t.times.clock(createdAt), said: said.filter((part) => part !== null).join(', ') });
}

function Message({ message, last, conversation }: MessageProps) {
  const { body, status, failure } = message;
  const t = useTexts();
  const shown = last || status === 'failed' || status === 'sending';
  return (
    <div class="message" {...LIST_ITEM} aria-label={nameOf(message, t)} data-key={messageId(message)} data-status={status ?? undefined}>
      <Attachment message={message} onBroken={() => conversation.renewPicture(message)} />
      {textOf(body) === null ? null : <Text body={body} />}
      {status === null ? null : (
        <p class={shown ? 'status' : 'status hidden'}>
          <DynamicText translate={false}>{t(status)}</DynamicText>
          {status === 'sending' ? (
            // Shown at once for a file, which may take long, and after some seconds for a text.
            <button type="button" class={carriesFile(body.type) ? undefined : 'late'} onClick={() => void conversation.discard(message)}>
              {t('discard')}
            </button>
          ) : null}
          {status === 'failed' ? (
            <>
              {failure === null ? null : (
                <span dir="auto">
                  <DynamicText>{` · ${t.failure(failure)}`}</DynamicText>
                </span>
              )}
              <button type="button" onClick={() => conversation.retry(message)}>
                {t('retry')}
              </button>
              <button type="button" onClick={() => void conversation.discard(message)}>
                {t('discard')}
              </button>
            </>
          ) : null}
        </p>
      )}
    </div>
  );
}

/** Text below a picture is no wider than the picture. */
function textWidth(body: TimelineMessage['body']): number | undefined {
  switch (body.type) {
    case 'text':
      return undefined;
    case 'image':
      return captionWidth(shownSize(body.image.width, body.image.height, MAX_WIDTH));
    default:
      return unreachable(body);
  }
}

/** Plain text with safe links, code in a fixed-width font, and standalone emoji in a large font. */
function Text({ body }: { readonly body: TimelineMessage['body'] }) {
  const blocks = blocksOf(body);
  let at = 0;
  return (
    <p class="bubble" dir="auto" style={{ inlineSize: textWidth(body) }}>
      {blocks.map(({ kind, parts }) => {
        at += 1;
        if (kind === 'code')
          return (
            <code key={at} dir="ltr" translate={false}>
              <Linked parts={parts} />
            </code>
          );
        return (
          <span key={at} class={kind === 'emoji' ? 'emoji' : blocks.length > 1 ? 'block' : undefined}>
            <Linked parts={parts} />
          </span>
        );
      })}
    </p>
  );
}

/** One element per part: a bare text node among others could not be updated after a browser's translator has replaced it. */
function Linked({ parts }: { readonly parts: readonly TextPart[] }) {
  let at = 0;
  return (
    <>
      {parts.map(({ text, href }) => {
        at += text.length;
        if (href === undefined) return <span key={at}>{text}</span>;
        return (
          <a key={at} href={href} target="_blank" rel="noopener noreferrer nofollow">
            {text}
          </a>
        );
      })}
    </>
  );
}

interface AttachmentProps {
  readonly message: TimelineMessage;
  /** The picture failed to load: its URL may have expired. */
  readonly onBroken: () => void;
}

/** The attachment that a message shows above its text. */
function Attachment({ message: { body, uploadProgress }, onBroken }: AttachmentProps) {
  switch (body.type) {
    case 'text':
      return null;
    case 'image':
      return <Picture image={body.image} progress={uploadProgress} onBroken={onBroken} />;
    default:
      return unreachable(body);
  }
}

interface PictureProps extends Pick<AttachmentProps, 'onBroken'> {
  readonly image: TimelineImage;
  readonly progress: number | null;
}

function Picture({ image, progress, onBroken }: PictureProps) {
  const t = useTexts();
  const url = safeImageUrl(image.url);
  // This text is the widget's, not the sender’s: it may be translated.
  if (url === undefined)
    return (
      <p class="bubble unshown">
        <DynamicText>{t('cantBeShown', { name: image.name ?? t('picture') })}</DynamicText>
      </p>
    );
  const host = externalHost(url, location.origin);
  // Loading it into this page would reveal to that site who views the conversation.
  if (host !== undefined)
    return (
      <p class="bubble">
        <a href={url} target="_blank" rel="noopener noreferrer nofollow">
          <bdi>{image.name ?? t('picture')}</bdi>
        </a>
        <span class="block unshown">
          <DynamicText>{t('elsewhere', { host })}</DynamicText>
        </span>
      </p>
    );
  const { width, height, fit } = shownSize(image.width, image.height, MAX_WIDTH);
  return (
    <a
      class="picture"
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t('opensInTab', { what: pictureName(image.name, t) })}
    >
      <img
        src={url}
        width={width}
        height={height}
        style={{ objectFit: fit }}
        alt={image.name ?? t('picture')}
        loading="lazy"
        decoding="async"
        onError={onBroken}
      />
      {progress === null ? null : <progress max={1} value={progress} aria-label={t('uploading')} />}
    </a>
  );
}
