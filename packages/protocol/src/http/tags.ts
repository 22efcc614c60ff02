import { z } from 'zod';

import { MAX_TAG_NAME_LENGTH, MAX_TAGS_OF_CHAT } from '../limits.ts';
import { line, rowId } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const version = z.int().positive();
const tagView = z.object({ id: z.int(), name: z.string(), version: version.describe('Grows with each change.') }).meta({ id: 'Tag' });
export type TagView = z.output<typeof tagView>;

const tagName = line(MAX_TAG_NAME_LENGTH)
  .refine(isVisible, 'must not be empty')
  .refine((name) => !/\p{Cc}/u.test(name), 'must be one line')
  .transform((name) => name.normalize('NFC'));

const tagOfChat = z.object({ id: z.int(), name: z.string() });
const setTagsRequest = z.object({
  tagIds: z
    .array(rowId)
    .max(MAX_TAGS_OF_CHAT)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a tag twice')
    .describe('All tags of the chat.'),
  expected: z
    .object({ version: z.int().nonnegative().optional().describe('The version of the conversation.') })
    .optional()
    .describe('What the caller has seen.'),
});
const setTagsResponse = z.object({
  tags: z.array(tagOfChat),
  version: z.int().describe('The version of the conversation.'),
});

export const tagEndpoints = {
  'GET /api/v1/tags': {
    access: 'operator',
    summary: 'All tags, in the order in which they were added.',
    query: pageQuery,
    response: answer(listOf(tagView)),
  },
  'POST /api/v1/tags': {
    access: 'operator',
    summary: 'Adds a tag. Names that differ only in case are one tag: where there is one already, it is answered as it is.',
    body: json(z.object({ name: tagName })),
    response: answer(tagView, 201),
  },
  'PATCH /api/v1/tags/{id}': {
    access: 'operator',
    summary:
      'Renames a tag, for supervisors and administrators. 409 `conflict` when it has another version than `expected`, or when another tag has the name: the error’s `current` is that tag as it is now.',
    body: json(z.object({ name: tagName, expected: z.object({ version }).describe('What the caller has seen.') })),
    response: answer(tagView),
  },
  'DELETE /api/v1/tags/{id}': {
    access: 'operator',
    summary:
      'Removes a tag, also from every chat that has it, for supervisors and administrators. Removing one that does not exist changes nothing.',
    response: answer(z.object({})),
  },
  'PUT /api/v1/conversations/{id}/tags': {
    access: 'operator',
    summary:
      'Sets the tags of the newest chat of a conversation: these, and no others. 409 `conflict` when there is no chat yet, or when the conversation has another version than `expected`: the error’s `current` has its tags and version.',
    body: json(setTagsRequest),
    response: answer(setTagsResponse),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
