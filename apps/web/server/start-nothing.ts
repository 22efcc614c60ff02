/** What `#start` is in the bundle that Next.js makes of instrumentation for the edge runtime, where this application never runs. */
export function startServer(): void {
  throw new Error('This application needs the Node.js runtime.');
}
