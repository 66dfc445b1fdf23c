import { parentPort } from 'node:worker_threads';
import { describeFault, type FaultFacts } from './fault-facts.ts';

/** One call into a worker; answered once, in order. */
export interface WorkerCall {
  readonly id: number;
  readonly verb: string;
  readonly body: unknown;
}

/** The answer to the call of the same id. */
export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly fault: FaultFacts };

/** What a worker can do; `close` is called last and lets the thread end. */
export type WorkerVerbs = Readonly<Record<string, (body: never) => unknown>> & {
  readonly close: (body: never) => unknown;
};

/** Answers calls one after the other on the worker's side. A failed call is an answer; it does not end the thread. */
export function serveCalls(verbs: WorkerVerbs): void {
  const port = parentPort;
  if (port === null) throw new TypeError('serveCalls runs in a worker thread only');
  port.on('message', ({ id, verb, body }: WorkerCall) => {
    port.postMessage(answer(verbs, { id, verb, body }));
    if (verb === 'close') port.close();
  });
}

function answer(verbs: WorkerVerbs, call: WorkerCall): WorkerReply {
  try {
    const handle = verbs[call.verb];
    if (handle === undefined) throw new TypeError('unknown verb');
    return { id: call.id, ok: true, result: handle(call.body as never) };
  } catch (failure) {
    return { id: call.id, ok: false, fault: describeFault(failure) };
  }
}
