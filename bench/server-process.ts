import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type AccessServer, createAccessServer, defaultConfig } from '@roomkey/server';
import { WebSocketServer } from 'ws';

/** What the measured process is asked: its figures since the last time, or to stop. */
export type Question = 'figures' | 'stop';

/** What it answers: microseconds of CPU, bytes resident, longest stop of its event loop in milliseconds. */
export interface Figures {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly longestStopMs: number;
}

/** Said once when it serves. */
export interface Started {
  readonly port: number;
  readonly appId: number;
  readonly secret: string;
}

const appId = 3_000_000_001;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', (question: Question) => {
  if (question === 'stop') process.exit(0);
  // Read before the collection that makes memory comparable: that stop is ours, not the server's.
  const longestStopMs = delay.max / 1e6;
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const figures: Figures = {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    longestStopMs,
  };
  delay.reset();
  process.send?.(figures);
});

const [kind = 'roomkey', dataDir = ''] = process.argv.slice(2);
if (kind === 'echo') await startEcho();
else await startRoomkey();

async function startRoomkey(): Promise<void> {
  // The driver gives each refused guest an address of its own: the failure bucket of one would answer for all.
  const trustedProxies = ['127.0.0.1'];
  const config = { ...defaultConfig, dataDir, port: 0, logLevel: 'silent' as const, trustedProxies };
  const server: AccessServer = await createAccessServer({ config });
  const secret = randomBytes(16).toString('hex');
  if (server.rules.find(appId) === undefined) {
    await server.rules.importApp({ appId, name: 'bench', secrets: [secret] }, { name: 'bench' });
    const { policy } = server.rules.find(appId) ?? {};
    if (policy !== undefined) {
      await server.rules.change(
        appId,
        undefined,
        { name: 'bench' },
        { kind: 'policy', policy: { ...policy, expiry: 'hard' } },
      );
    }
  }
  process.send?.({ port: server.port, appId, secret } satisfies Started);
}

async function startEcho(): Promise<void> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.send?.({ port, appId, secret: '' } satisfies Started);
}
