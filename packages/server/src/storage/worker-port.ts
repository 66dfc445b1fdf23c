import { Worker } from 'node:worker_threads';
import { RoomkeyError } from '#kernel';
import type { WorkerCall, WorkerReply } from './serve-calls.ts';
import { toFailure } from './storage-failure.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: Error) => void;
}

/** Which worker to start and whom to tell when it dies of itself. */
export interface WorkerPortOptions {
  /** The file's name without its ending; it lies beside this file. */
  readonly script: string;
  /** Called once if the thread ends before `stop`. */
  readonly onDied?: (failure: Error) => void;
}

/** The main thread's end of one worker: calls are answered in order; a death rejects all that wait and all that come. */
export class WorkerPort {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #onDied: ((failure: Error) => void) | undefined;
  readonly #exited: Promise<void>;
  #nextId = 1;
  #death: Error | undefined;
  #stopping = false;

  constructor(options: WorkerPortOptions) {
    this.#onDied = options.onDied;
    // The compiler rewrites endings in imports, not in URLs: from source we are .ts, from dist .js.
    const ending = import.meta.url.endsWith('.js') ? 'js' : 'ts';
    this.#worker = new Worker(new URL(`./${options.script}.${ending}`, import.meta.url));
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    this.#worker.on('messageerror', (failure) => this.#fail(failure));
    this.#worker.on('error', (failure) => this.#fail(failure));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#fail(new Error(`the storage thread ended with code ${code}`));
        resolve();
      });
    });
  }

  /** Rejects with `RoomkeyError` or a violated constraint's `SqliteFault`. */
  call<T>(verb: string, body: unknown): Promise<T> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    const id = this.#nextId++;
    const answered = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    try {
      this.#worker.postMessage({ id, verb, body } satisfies WorkerCall);
    } catch (failure) {
      this.#pending.delete(id);
      throw failure;
    }
    return answered as Promise<T>;
  }

  /** Lets the calls before it finish, closes the file and ends the thread. */
  async stop(body: unknown = undefined): Promise<void> {
    if (this.#stopping) return this.#exited;
    this.#stopping = true;
    try {
      await this.call('close', body);
    } catch (failure) {
      // A dead thread has nothing left to close; one that lives but could not close is ended.
      if (this.#death === undefined) {
        await this.#worker.terminate();
        throw failure;
      }
    }
    await this.#exited;
  }

  /** Ends the thread at once; what waits is rejected. SQLite rolls back what it had begun. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) pending?.resolve(reply.result);
    else pending?.reject(toFailure(reply.fault));
  }

  #fail(cause: unknown): void {
    if (this.#death !== undefined) return;
    this.#death = new RoomkeyError('internal', { cause });
    for (const pending of this.#pending.values()) pending.reject(this.#death);
    this.#pending.clear();
    if (!this.#stopping) this.#onDied?.(this.#death);
  }
}
