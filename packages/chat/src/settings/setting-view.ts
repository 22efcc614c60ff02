import { SETTINGS, type SettingKey, type SettingValue, type SettingView } from '@switchboard/protocol';

/** What is stored of a setting. */
export interface SettingRow {
  readonly key: string;
  /** Null: the default holds. */
  readonly value: unknown;
  readonly version: number;
  readonly updatedAt: Date;
  readonly updatedBy: { readonly id: number; readonly name: string } | null;
}

/** The value that holds: undefined when the registry does not accept the stored one. */
export function acceptedValue(key: SettingKey, stored: unknown): SettingValue | undefined {
  if (stored === null) return SETTINGS[key].default;
  const result = SETTINGS[key].schema.safeParse(stored);
  return result.success ? result.data : undefined;
}

/** A setting as its readers see it. A stored value that the registry does not accept counts as not set. @param row undefined: nobody has changed it */
export function viewOf(key: SettingKey, row: SettingRow | undefined): SettingView {
  const { default: fallback, audience, text } = SETTINGS[key];
  return {
    key,
    value: mutable(acceptedValue(key, row?.value ?? null) ?? fallback),
    default: mutable(fallback),
    audience,
    text,
    version: row?.version ?? 0,
    updatedAt: row?.updatedAt.toISOString() ?? null,
    updatedBy: row?.updatedBy ?? null,
  };
}

function mutable(value: SettingValue): SettingView['value'] {
  return typeof value === 'object' ? [...value] : value;
}
