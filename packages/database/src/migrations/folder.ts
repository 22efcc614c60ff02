import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of our migrations, in Prisma's layout. It is resolved by package name, so that it also works from a bundle. */
export function migrationsFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@switchboard/database/package.json')), 'prisma/migrations');
}
