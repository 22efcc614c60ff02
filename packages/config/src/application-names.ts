/** The programs' application names in PostgreSQL. `pg_stat_activity` shows them, and commands detect running servers by them. */
export const APPLICATION_NAMES = Object.freeze({ web: 'switchboard-web', cli: 'switchboard-cli', doctor: 'switchboard-doctor' });
