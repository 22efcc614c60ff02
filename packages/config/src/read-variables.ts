import { z } from 'zod';

import { byteLength, ConfigError, type Environment } from './config-error.ts';
import { SECRET_EXPECTED } from './shapes.ts';
import { SECRETS, SHAPES, type VariableName } from './variables.ts';

type Values = { readonly [N in VariableName]: z.output<(typeof SHAPES)[N]> };
type Required<N extends VariableName> = { readonly [K in N]: NonNullable<Values[K]> };

/** What a required variable without a default must be. */
const EXPECTED: Partial<Record<VariableName, string>> = {
  JWT_SECRET: `${SECRET_EXPECTED}, the same one for web app and relay`,
  DATABASE_URL: 'a postgresql:// address (npm start sets it when it starts the embedded database)',
};

function createError(name: string, value: string | undefined, expected: string): ConfigError {
  if (value === undefined) return new ConfigError(`${name} is not set; it must be ${expected}.`);
  const shown = SECRETS.has(name) ? `a value of ${byteLength(value)} bytes` : JSON.stringify(value);
  return new ConfigError(`${name} is ${shown}; it must be ${expected}.`);
}

/**
 * The values of all settings, defaults filled in. An empty variable counts as unset.
 *
 * @param required variables that must be set
 * @throws ConfigError for the first missing or invalid variable
 */
export function readVariables<R extends VariableName = never>(environment: Environment, required: readonly R[] = []): Values & Required<R> {
  const given = Object.fromEntries(Object.keys(SHAPES).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const result = z.object(SHAPES).safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0]);
    throw createError(name, given[name], issue?.message ?? 'valid');
  }
  for (const name of required) if (result.data[name] === undefined) throw createError(name, undefined, EXPECTED[name] ?? 'set');
  return result.data as Values & Required<R>;
}
