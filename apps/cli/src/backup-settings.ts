import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { BackupError } from '@switchboard/database/backup';
import { explainConnectionFailure, isUnavailable, parseDatabaseUrl } from '@switchboard/database';

import { UserError, explainDiskError } from './standalone/user-error.mjs';
import type { Config } from './config.ts';
import { ROOT } from './root.ts';

/** The arguments of `backup` or `restore`. */
export interface BackupArguments {
  /** As given. */
  readonly file: string;
  /** Whether the command's one option was given. */
  readonly option: boolean;
}

/**
 * Reads the arguments: one file, and perhaps one option without a value.
 *
 * @throws UserError for any other arguments
 */
export function readBackupArguments(command: 'backup' | 'restore', option: string, args: readonly string[]): BackupArguments {
  const usage = `${command} FILE [--${option}]`;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { [option]: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1 || file === '-') throw new Error(`give the name of one file: ${usage}`);
    return { file, option: values[option] === true };
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`${command}: ${line}`, { cause: error });
  }
}

/** The file's absolute path. npm runs commands in the repository's root; a relative name is resolved against the folder where the user called npm. */
export function pathOf(file: string, config: Config): string {
  return resolve((config.startedByNpm ? config.environment.INIT_CWD : undefined) ?? '.', file);
}

/** The version of this Switchboard. */
export function productVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The error to show: a UserError if a person can fix the cause, otherwise the error itself. */
export function explainBackupError(error: unknown, path: string, url?: string): unknown {
  if (error instanceof BackupError) return new UserError(error.message, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error && error.path === path)
    return new UserError(`There is no file ${path}.`, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error && error.path === `${path}.part`)
    return new UserError(`There is no folder ${dirname(path)}.`, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'EISDIR')
    return new UserError(`${path} is a folder; give the name of a file.`, { cause: error });
  // A file system error carries the path that it is about.
  const isOfFile = error instanceof Error && 'path' in error;
  const failure = url === undefined || isOfFile ? undefined : explainConnectionFailure(error, url);
  if (failure !== undefined && url !== undefined)
    return new UserError(`The database ${parseDatabaseUrl(url).name} can't be used: ${failure.reason}.`, { cause: error });
  if (isUnavailable(error))
    return new UserError(
      `The connection to the database was lost (${messageOf(error)}). Run the command again when the database answers.`,
      {
        cause: error,
      },
    );
  // PostgreSQL refused a statement. Its `detail` is left out because it may quote rows.
  if (error instanceof Error && 'severity' in error)
    return new UserError(`The database refused a statement: ${messageOf(error)}. Nothing was changed.`, { cause: error });
  const where = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path;
  return explainDiskError(error, where);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim().split('\n')[0] || error.name : String(error);
}
