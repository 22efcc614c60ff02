import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DatabaseUrlError } from './database-url-error.ts';
import { parseDatabaseUrl } from './database-url.ts';

const parse = (query: string) => parseDatabaseUrl(`postgresql://me:secret@db.example:6432/chat${query}`);
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-url-'));
  file = join(folder, 'some.pem');
  await writeFile(file, 'a certificate');
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe('a DATABASE_URL', () => {
  it('is parsed like in Prisma and libpq', () => {
    expect(
      parse('?schema=help%20desk&connection_limit=20&pool_timeout=20&connect_timeout=3&options=-c%20a%3Db&pgbouncer=true'),
    ).toMatchObject({
      config: { host: 'db.example', port: 6432, user: 'me', password: 'secret', database: 'chat', options: '-c a=b', ssl: false },
      schema: 'help desk',
      connectionLimit: 20,
      poolTimeoutMs: 20_000,
      connectTimeoutMs: 3_000,
      name: 'chat at db.example:6432',
    });
    expect(parse('')).toMatchObject({ schema: 'public', connectionLimit: undefined, poolTimeoutMs: undefined });
    expect(parse('?pool_timeout=0')).toMatchObject({ poolTimeoutMs: undefined });
  });

  it.each([
    ['postgresql://u:p@/db?host=/run/postgresql', { host: '/run/postgresql', port: 5432, user: 'u', password: 'p', database: 'db' }],
    ['postgresql:///db?host=/run/postgresql&user=u', { host: '/run/postgresql', user: 'u', database: 'db' }],
    ['postgresql://u:p@localhost/db?host=/run/postgresql&port=5433', { host: '/run/postgresql', port: 5433, database: 'db' }],
    ['postgres://u@%2Frun%2Fpostgresql/db', { host: '/run/postgresql', database: 'db' }],
    ['postgresql://u:p%40ss%2F@[::1]:5433/a%20b', { host: '::1', port: 5433, password: 'p@ss/', database: 'a b' }],
    ['postgresql://u@h', { host: 'h', database: 'u' }],
  ])('may name a socket or a host: %s', (url, config) => {
    expect(parseDatabaseUrl(url).config).toMatchObject(config);
  });

  it.each([
    ['?connection_limit=1', /connection_limit is "1"; it must be a whole number from 2/],
    ['?schema=a%22b', /schema is "a"b"; it must be a name/],
    ['?schema=pg_chat', /schema is "pg_chat"/],
    ['?pool_timeout=soon', /pool_timeout is "soon"/],
    ['?sslmode=maybe', /sslmode is "maybe"; it must be one of disable, /],
    ['?sslmode=verify-ca', /sslmode=verify-ca needs sslrootcert/],
    ['?sslmode=require&sslrootcert=/no/such.pem', /sslrootcert is "\/no\/such.pem", which can't be read \(ENOENT\)/],
    ['?target_session_attrs=standby', /target_session_attrs is "standby"/],
    ['?statement_timeout=0', /the parameter "statement_timeout", which is not supported/],
    ['?shema=chat', /the parameter "shema", which is not supported/],
  ])('is refused with an error that names the parameter and not the password: %s', (query, sentence) => {
    const refusal = () => parse(query);
    expect(refusal).toThrow(DatabaseUrlError);
    expect(refusal).toThrow(sentence);
    expect(refusal).not.toThrow(/secret/);
  });

  it.each(['mysql://u@h/d', 'postgresql://u@h:port/d', 'postgresql://u@one,two:5432/d', 'h/d', 'postgresql://u:%zz@h/d'])(
    'is refused when it is not a PostgreSQL URL: %s',
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow(DatabaseUrlError);
    },
  );
});

describe('TLS', () => {
  it('verifies the certificate depending on sslmode', () => {
    expect(parse('?sslmode=disable').config.ssl).toBe(false);
    expect(parse('?sslmode=require').config.ssl).toEqual({});
    expect(parse('?sslmode=verify-full').config.ssl).toEqual({});
    expect(parse('?sslmode=no-verify').config.ssl).toEqual({ rejectUnauthorized: false });
    expect(parse('?sslmode=require&sslaccept=accept_invalid_certs').config.ssl).toEqual({ rejectUnauthorized: false });
    expect(parse('?sslmode=require&uselibpqcompat=true').config.ssl).toEqual({ rejectUnauthorized: false });
    expect(parse('?sslmode=prefer')).toMatchObject({ tlsOptional: true, config: { ssl: { rejectUnauthorized: false } } });
    expect(parse('?sslmode=require')).toMatchObject({ tlsOptional: false });
  });

  it('uses the given certificates: the CA’s under libpq’s and Prisma’s name, and the client’s', () => {
    const ca = Buffer.from('a certificate');
    for (const name of ['sslrootcert', 'sslcert']) expect(parse(`?sslmode=verify-full&${name}=${file}`).config.ssl).toEqual({ ca });
    expect(parse(`?sslmode=verify-ca&sslrootcert=${file}`).config.ssl).toEqual({
      ca,
      checkServerIdentity: expect.any(Function) as unknown,
    });
    expect(parse(`?sslmode=verify-full&sslcert=${file}&sslkey=${file}`).config.ssl).toEqual({ cert: ca, key: ca });
    expect(parse(`?sslidentity=${file}&sslpassword=x`).config.ssl).toEqual({ pfx: ca, passphrase: 'x' });
  });

  it('is not used on a socket', () => {
    expect(parseDatabaseUrl('postgresql:///db?host=/run/postgresql&sslmode=require').config.ssl).toBe(false);
  });
});
