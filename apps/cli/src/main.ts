import { UserError } from './standalone/user-error.mjs';
import { unknownCommand, USAGE } from './standalone/usage.mjs';
import { ServiceFailedError } from './supervise.ts';

/** Each command loads only its own code, to keep the memory of the long-running `start` small. */
async function run(command: string, args: readonly string[]): Promise<void> {
  switch (command) {
    case 'start':
      return await (await import('./commands/start.ts')).startCommand(args, import.meta.filename);
    case 'operator':
      return await (await import('./commands/operator.ts')).operatorCommand(args);
    case 'migrate':
      return await (await import('./commands/migrate.ts')).migrateCommand(args);
    case 'backup':
      return await (await import('./commands/backup.ts')).backupCommand(args);
    case 'restore':
      return await (await import('./commands/restore.ts')).restoreCommand(args);
    case 'jobs':
      return await (await import('./commands/jobs.ts')).jobsCommand(args);
    case 'settings':
      return await (await import('./commands/settings.ts')).settingsCommand(args);
    case 'doctor':
      return await (await import('./commands/doctor.ts')).doctorCommand(args);
    case 'help':
      return console.log(USAGE);
    default:
      throw new UserError(unknownCommand(command));
  }
}

/** Runs the command and returns the exit code. A UserError is printed as one line. */
async function main([command = 'help', ...args]: readonly string[]): Promise<number> {
  try {
    await run(command, args);
    return 0;
  } catch (error) {
    if (error instanceof ServiceFailedError) process.stderr.write([...error.lastLines.map((line) => `  ${line}`), ''].join('\n'));
    else if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exit(await main(process.argv.slice(2)));
