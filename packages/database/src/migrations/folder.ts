import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of our migrations, in Prisma's layout. Found by package name, so that it is right from a bundle too. */
export function migrationsFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@switchboard/database/package.json')), 'prisma/migrations');
}
