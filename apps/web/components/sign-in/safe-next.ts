/** Where to go after signing in: `next` if it is a path of this system, `/` otherwise. The sign-in page must not redirect to other sites. */
export function safeNext(next: string | null | undefined): string {
  const here = 'https://here.invalid';
  if (next === null || next === undefined || !next.startsWith('/') || !URL.canParse(next, here)) return '/';
  const { origin, pathname, search, hash } = new URL(next, here);
  // `/\evil.example` and `//evil.example` are other sites to a browser; `/a/..//evil.example` becomes one.
  if (origin !== here || pathname.startsWith('//') || pathname.startsWith('/sign-in')) return '/';
  return `${pathname}${search}${hash}`;
}
