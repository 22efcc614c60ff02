import { z } from 'zod';

import { SETTING_KEYS } from '../settings.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

const settingKey = z.enum(SETTING_KEYS);
const settingValue = z.union([z.string(), z.boolean(), z.array(z.string())]);
const version = z.int().nonnegative();

const settingView = z
  .object({
    key: settingKey,
    value: settingValue.describe('What holds now.'),
    default: settingValue,
    audience: z.enum(['server', 'console', 'widget']).describe('Who reads it: the servers alone, the console, or every visitor’s browser.'),
    text: z.string().describe('What it means. Markdown.'),
    version: version.describe('Grows with each change; 0 while nobody has changed it.'),
    updatedAt: z.iso.datetime().nullable(),
    updatedBy: z
      .object({ id: z.int(), name: z.string() })
      .nullable()
      .describe('The operator who changed it last; null for the command line and where nobody has.'),
  })
  .meta({ id: 'Setting' });
/** A setting as administrators see it. */
export type SettingView = z.output<typeof settingView>;

/** Changes of settings: all of them happen, or none. */
export const changeSettingsRequest = z.object({
  changes: z
    .array(
      z.object({
        key: settingKey,
        value: settingValue.nullable().describe('null: the default holds again.'),
        expected: z.object({ version }).describe('What the caller has seen.'),
      }),
    )
    .min(1)
    .max(SETTING_KEYS.length)
    .refine((changes) => new Set(changes.map(({ key }) => key)).size === changes.length, 'must not name a setting twice'),
});

const settingsResponse = z.object({ items: z.array(settingView), nextCursor: z.null() });

/** The largest greeting and the most sites, with room to spare. Bytes. */
const MAX_CHANGES_BYTES = 128 * 1024;

export const settingEndpoints = {
  'GET /api/v1/settings': {
    access: 'operator',
    summary:
      'The settings that administrators change while the system runs. Operators see those that the console reads, administrators all.',
    response: answer(settingsResponse),
  },
  'PATCH /api/v1/settings': {
    access: 'admin',
    summary:
      'Changes settings, all of them or none, and answers those that were changed. 409 `conflict` when one has another version than `expected`: the error’s `current` is that setting as it is now. Every web server follows within 10 seconds.',
    body: json(changeSettingsRequest, MAX_CHANGES_BYTES),
    response: answer(settingsResponse),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
