import type { MessagePort, Worker } from 'node:worker_threads';

import type { StackControl } from './stack/control.ts';

type Asynchronous = { readonly [name: string]: (...args: never[]) => Promise<unknown> };
interface Call {
  readonly call: number;
  readonly name: string;
  readonly args: readonly unknown[];
}
interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Answers the calls of `remoteStack` at the other end of `port` with the methods of `target`. */
export function serve(port: Pick<Worker, 'on' | 'postMessage'>, target: object): void {
  const methods = target as Asynchronous;
  port.on('message', (message: Partial<Call>) => {
    const { call, name = '', args = [] } = message;
    if (call === undefined) return;
    const answer = async (): Promise<Answer> => {
      try {
        const method = methods[name];
        if (method === undefined) throw new Error(`Unknown method ${name}.`);
        return { call, value: await method.apply(target, args as never[]) };
      } catch (error) {
        return { call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
    };
    void answer().then((given) => port.postMessage(given));
  });
}

/** The system under test, which runs in another thread. */
export function remoteStack(port: MessagePort): StackControl {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  port.on('message', ({ call, value, error }: Answer) => {
    const waiter = waiting.get(call);
    waiting.delete(call);
    if (error === undefined) waiter?.resolve(value);
    else waiter?.reject(new Error(error));
  });
  return new Proxy({} as StackControl, {
    get: (_target, name) =>
      name === 'then'
        ? undefined
        : (...args: unknown[]) =>
            new Promise((resolve, reject) => {
              calls += 1;
              waiting.set(calls, { resolve, reject });
              port.postMessage({ call: calls, name: String(name), args } satisfies Call);
            }),
  });
}
