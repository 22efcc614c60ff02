/** Where to go after signing in: `next` when it is a path of ours, `/` otherwise. Nobody is sent to another site through our sign-in page. */
export function safeNext(next: string | null | undefined): string {
  const here = 'https://here.invalid';
  if (next === null || next === undefined || !next.startsWith('/') || !URL.canParse(next, here)) return '/';
  const { origin, pathname, search, hash } = new URL(next, here);
  // `/\evil.example` and `//evil.example` are other sites to a browser; `/a/..//evil.example` becomes one.
  if (origin !== here || pathname.startsWith('//') || pathname.startsWith('/sign-in')) return '/';
  return `${pathname}${search}${hash}`;
}
