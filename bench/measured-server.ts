import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures, Started } from './server-process.ts';

/** A server in a process of its own, so that its CPU and memory are its own. */
export interface MeasuredServer extends AsyncDisposable {
  readonly started: Started;
  readonly wsUrl: string;
  /** Milliseconds from the start of the process until it served. */
  readonly readyMs: number;
  figures(): Promise<Figures>;
}

/** Starts one; `dataDir` is kept when given. */
export async function startMeasured(kind: 'roomkey' | 'echo', dataDir?: string): Promise<MeasuredServer> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'roomkey-bench-'));
  const begun = performance.now();
  const child: ChildProcess = fork(
    fileURLToPath(new URL('./server-process.ts', import.meta.url)),
    [kind, folder],
    {
      execArgv: ['--conditions=source', '--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const [started] = (await once(child, 'message')) as [Started];
  const readyMs = performance.now() - begun;
  return {
    started,
    readyMs,
    wsUrl: `ws://127.0.0.1:${started.port}`,
    async figures() {
      child.send('figures');
      const [figures] = (await once(child, 'message')) as [Figures];
      return figures;
    },
    async [Symbol.asyncDispose]() {
      child.send('stop');
      await once(child, 'exit');
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
