import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LedgerSeen, ProcessReady, ProcessRequest } from './server-process.ts';

/** An access server in a process of its own, to be killed. */
export interface ServerProcess extends ProcessReady {
  readonly wsUrl: string;
  ask(request: ProcessRequest): Promise<LedgerSeen | 'imported'>;
  /** Ends it as a power cut of the process: no handler runs (ST4). Resolves when it is gone. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('server-process.ts', import.meta.url));

/** Starts a server on a data folder; rejects when the process ends before it serves. */
export async function startProcess(dataDir: string): Promise<ServerProcess> {
  const child = fork(program, [dataDir], {
    execArgv: ['--conditions=source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const ready = await firstMessage<ProcessReady>(child);
  return {
    ...ready,
    wsUrl: ready.url.replace(/^http/, 'ws'),
    ask(request) {
      const answer = firstMessage<LedgerSeen | 'imported'>(child);
      child.send(request);
      return answer;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function firstMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('the server process ended by itself'));
    child.once('exit', fail);
    child.once('message', (message) => {
      child.off('exit', fail);
      resolve(message as Message);
    });
  });
}
