import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '#kernel';
import { FakeClock } from '#testing';
import { createSignal, type Signal, type SignalOptions } from '../signal.ts';
import { FakeAccess } from './fake-access.ts';

/** Signal on a real server at port 0, before a fake access and a clock that is moved by hand. */
export interface OpenSignal extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly access: FakeAccess;
  readonly clock: FakeClock;
  readonly signal: Signal;
}

/** Opens it. Its clients end first: a stop waits for their sockets. */
export async function openSignal(options: Partial<SignalOptions> = {}): Promise<OpenSignal> {
  const server = createServer();
  const access = new FakeAccess();
  const clock = new FakeClock();
  const signal = createSignal({
    server,
    access,
    clock,
    wallMs: () => clock.wallMs(),
    logger: createLogger({ level: 'silent' }),
    addressOf: () => ({ addressKey: '127.0.0.1' }),
    maxConnections: 100,
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    access,
    clock,
    signal,
    async [Symbol.asyncDispose]() {
      await signal.stop();
      server.close();
      await once(server, 'close');
    },
  };
}
