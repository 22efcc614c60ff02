import { z } from 'zod';

import { MAX_NAME_LENGTH, MAX_WIDGET_SITES } from './limits.ts';
import { isWebOrigin } from './origin.ts';
import { line, text } from './shapes.ts';
import { isVisible } from './visible.ts';

/** What may hold for a setting. Its default says which of the three a setting has. */
export type SettingValue = string | boolean | readonly string[];
/** Who reads a setting: the servers alone, the console, or every visitor's browser. */
export type SettingAudience = 'server' | 'console' | 'widget';

/** One setting that administrators change while the system runs. */
export interface Setting<S extends z.ZodType<SettingValue> = z.ZodType<SettingValue>> {
  /** What it may be. It never accepts null, which stands for "not set". */
  readonly schema: S;
  /** What holds while nobody has set it. */
  readonly default: z.output<S>;
  readonly audience: SettingAudience;
  /** What it means, in one sentence. Markdown. */
  readonly text: string;
}

/** A setting whose default fits its schema. */
function setting<S extends z.ZodType<SettingValue>>(definition: Setting<S>): Setting<S> {
  return definition;
}

/** `#rgb` or `#rrggbb`, as `#rrggbb`. */
const color = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#([0-9a-f]{3}){1,2}$/, 'must be a color such as #0a7d83 or #07d')
  .transform((value) => (value.length === 4 ? value.replaceAll(/\w/g, '$&$&') : value));

const MAX_TITLE_LENGTH = 80;
const MAX_GREETING_LENGTH = 500;

/** Every setting that administrators change while the system runs. What must be known before the database answers is a variable of packages/config. */
export const SETTINGS = {
  'installation.name': setting({
    schema: line(MAX_NAME_LENGTH).refine(isVisible, 'must not be empty'),
    default: 'Switchboard',
    audience: 'console',
    text: 'What the console and its sign-in page call this installation.',
  }),
  'widget.color': setting({
    schema: color,
    default: '#0a7d83',
    audience: 'widget',
    text: 'The color of the launcher and the chat, where the script tag has no `data-color`.',
  }),
  'widget.title': setting({
    schema: line(MAX_TITLE_LENGTH),
    default: '',
    audience: 'widget',
    text: 'The heading of the chat, where the script tag has no `data-title`; empty: “Chat with us”, in the language of the chat.',
  }),
  'widget.greeting': setting({
    schema: text(MAX_GREETING_LENGTH).trim(),
    default: '',
    audience: 'widget',
    text: 'The sentence above the form and the first message, where the script tag has no `data-greeting`; empty: one in the language of the chat.',
  }),
  'widget.sound': setting({
    schema: z.boolean(),
    default: true,
    audience: 'widget',
    text: 'Whether an answer makes a sound, for visitors who have not chosen themselves.',
  }),
  'widget.sites': setting({
    schema: z
      .array(z.string().refine(isWebOrigin, 'must be an origin such as https://shop.example, without a path or a final slash'))
      .max(MAX_WIDGET_SITES, `must be ${MAX_WIDGET_SITES} sites at most`),
    default: [],
    audience: 'widget',
    text: 'The sites that may frame the chat, each as an origin such as `https://shop.example`; empty: any site.',
  }),
} as const satisfies Readonly<Record<`${string}.${string}`, Setting>>;

export type SettingKey = keyof typeof SETTINGS;
/** What holds for the setting of this key. */
export type SettingValueOf<K extends SettingKey> = z.output<(typeof SETTINGS)[K]['schema']>;

export const SETTING_KEYS = Object.keys(SETTINGS) as [SettingKey, ...SettingKey[]];

/** Whether there is a setting with this key. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}
