import { type TestApp, TestClient, type TestFrame, type TestServer } from '@roomkey/server/testing';
import { type MintRequest, mintToken } from '@roomkey/token';
import { onTestFinished } from 'vitest';

/** What the owner may set. */
export type PolicyChanges = NonNullable<Parameters<TestServer['importApp']>[0]>;

/** Who an edit is by. */
export const owner = { name: 'owner of the test' };

/** A GCM token, by default of `demo` for an hour from `nowMs`; the secret is that of the app. */
export function seal(app: TestApp, nowMs: number, changes: Partial<MintRequest> = {}): string {
  const { appId, secret } = app;
  const request = { appId, secret, userId: 'demo', expiresInSeconds: 3_600, ...changes } as MintRequest;
  return mintToken(request, Math.floor(nowMs / 1_000));
}

/** Whom to log in, and by what; the room is `room1` and the user `demo` unless named. */
export interface Entrant {
  readonly app: TestApp;
  readonly token?: string;
  readonly appSign?: string;
  readonly userId?: string;
  readonly roomId?: string;
}

/** A client after its login, and what it was told. */
export interface Entered {
  readonly client: TestClient;
  readonly answer: TestFrame;
}

/** Logs in over a connection of its own, which goes with the test. */
export async function enter(server: TestServer, entrant: Entrant): Promise<Entered> {
  const { app, token, appSign, userId = 'demo', roomId = 'room1' } = entrant;
  const client = await TestClient.greeted(server.wsUrl);
  onTestFinished(() => client.terminate());
  const answer = await client.login({
    appId: app.appId,
    roomId,
    userId,
    ...(token === undefined ? {} : { token }),
    ...(appSign === undefined ? {} : { appSign }),
  });
  return { client, answer };
}

/** An answer in short: `entered`, or the code and the name of the refusal. */
export function verdictOf({ t, ...said }: TestFrame): string {
  return t === 'ok' ? 'entered' : `${said['code']} ${said['name']}`;
}

/** Logs in, logs out at once, and says in short what came of it. */
export async function knock(server: TestServer, entrant: Entrant): Promise<string> {
  const { client, answer } = await enter(server, entrant);
  if (answer.t === 'ok') await client.request('logout', { roomId: entrant.roomId ?? 'room1' });
  await client.close();
  return verdictOf(answer);
}
