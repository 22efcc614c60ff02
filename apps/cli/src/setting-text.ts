import { isSettingKey, SETTING_KEYS, SETTINGS, type SettingKey, type SettingValue } from '@switchboard/protocol';

import { UserError } from './standalone/user-error.mjs';

/** The setting of this name. @throws UserError when there is none */
export function settingNamed(key: string): SettingKey {
  if (!isSettingKey(key)) throw new UserError(`There is no setting "${key}"; there are ${SETTING_KEYS.join(', ')}.`);
  return key;
}

/** A value as it is written on the command line: a text as it is, `on` or `off`, or a list with commas between its parts. */
export function writeValue(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : value.join(',');
}

/** The value that somebody has written. Whether the setting takes it is up to the registry. @throws UserError when it can't be read */
export function readValue(key: SettingKey, written: string): SettingValue {
  const { default: fallback } = SETTINGS[key];
  if (typeof fallback === 'string') return written;
  if (typeof fallback === 'boolean') {
    if (written !== 'on' && written !== 'off') throw new UserError(`${key} is "${written}"; it must be on or off.`);
    return written === 'on';
  }
  const parts = written.split(',').map((part) => part.trim());
  // An empty variable of a script must not open the chat to every site.
  if (parts.includes(''))
    throw new UserError(
      `${key} is "${written}"; it must have something before and after each comma. "settings reset ${key}" makes it empty.`,
    );
  return parts;
}
