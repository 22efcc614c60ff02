/** Loaded into a server before everything else: its clock is wrong by CLOCK_SKEW_MS milliseconds. */
const skew = Number(process.env.CLOCK_SKEW_MS);
const RealDate = globalThis.Date;
const now = () => RealDate.now() + skew;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
