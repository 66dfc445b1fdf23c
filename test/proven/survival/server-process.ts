import { type AccessServer, createAccessServer } from '../../../packages/server/src/create-access-server.ts';
import { defaultConfig } from '../../../packages/server/src/index.ts';

/** What the parent of this process may ask: the import of its app, or the ledger as this server tells it. */
export type ProcessRequest =
  | {
      readonly ask: 'import';
      readonly appId: number;
      readonly appSign: string;
      readonly secret: string;
    }
  | { readonly ask: 'ledger'; readonly appId: number };

/** The first word of this process: how it is reached. */
export interface ProcessReady {
  readonly url: string;
  readonly apiKey: string;
}

/** The ledger: ids of its rows and the gaps it names (ST3). */
export interface LedgerSeen {
  readonly rows: readonly { readonly userId: string; readonly at: number; readonly outcome: string }[];
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly cause: string }[];
}

const owner = { name: 'test' };
const mostRows = 100_000;

async function answer(server: AccessServer, request: ProcessRequest): Promise<LedgerSeen | 'imported'> {
  const { appId } = request;
  if (request.ask === 'import') {
    const { appSign, secret } = request;
    await server.rules.importApp({ appId, name: 'survivor', appSign, secrets: [secret] }, owner);
    return 'imported';
  }
  const logins = await server.ledger.logins({ appId, limit: mostRows });
  const rows = logins.map(({ userId, at, outcome }) => ({ userId, at, outcome }));
  return { rows, gaps: await server.ledger.gaps() };
}

const [dataDir = ''] = process.argv.slice(2);
const server = await createAccessServer({
  config: { ...defaultConfig, dataDir, port: 0, logLevel: 'error' },
});
const { text } = await server.keys.create({ name: 'test', scopes: ['read', 'policy'], appIds: null }, owner);
process.on('message', (request: ProcessRequest) => {
  void answer(server, request).then((told) => process.send?.(told));
});
// Without a parent there is nobody to end it.
process.on('disconnect', () => process.exit(0));
process.send?.({ url: server.url, apiKey: text } satisfies ProcessReady);
