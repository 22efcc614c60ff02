/** What our programs call themselves to PostgreSQL: `pg_stat_activity` shows it, and a command knows running servers by it. */
export const APPLICATION_NAMES = Object.freeze({ web: 'switchboard-web', cli: 'switchboard-cli', doctor: 'switchboard-doctor' });
