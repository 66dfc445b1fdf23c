import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createTokenKey, mintToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { startTestServer, TestClient, type TestFrame } from '../../../packages/server/src/testing/index.ts';
import { type CallAnswer, Drive } from './canary-drive.ts';
import { findCanaries } from './find-canaries.ts';

const appId = 2_000_900_001;
const room = 'canary-room';
const marker = 'marker-that-may-be-kept';
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

interface Credentials {
  readonly appSign: string;
  readonly secret: string;
}

/** The owner's side: import, new app, secrets, policy, and every kind of bad body. */
async function driveApi(drive: Drive): Promise<Credentials> {
  const secretOf = (name: string): string => drive.keep(name, `Canary${randomBytes(13).toString('hex')}`);
  const appSign = drive.keep('AppSign', randomBytes(32).toString('hex'));
  const secret = secretOf('server secret');
  const ofApp = (rest: string): string => `/api/v1/apps/${appId}${rest}`;
  const imported = { appId, name: 'canary', appSign, secrets: [secret] };
  expect(await drive.call('POST', '/api/v1/apps/import', { body: imported })).toMatchObject({ status: 201 });
  // Again, and bent in every way that is refused.
  const bent: readonly unknown[] = [
    imported,
    { ...imported, appId: appId + 1, secrets: [`${secret}!`] },
    { ...imported, appId: appId + 1, appSign: `${appSign}00` },
    { ...imported, appId: appId + 1, secrets: secret },
    { ...imported, appId: appSign },
    { ...imported, name: '', extra: secret },
    `{"appSign":"${appSign}","secrets":["${secret}"`,
    `"${secret}"`,
  ];
  for (const body of bent) {
    expect((await drive.call('POST', '/api/v1/apps/import', { body })).status).toBeGreaterThanOrEqual(400);
  }
  const made = await drive.call('POST', '/api/v1/apps', { body: { name: 'new' }, shows: true });
  const shown = JSON.parse(made.text) as { appSign: string; secrets: { secret: string }[] };
  drive.keep('AppSign of a new app', shown.appSign);
  drive.keep('secret of a new app', shown.secrets[0]?.secret ?? '');
  const added = secretOf('added secret');
  expect(
    (await drive.call('POST', ofApp('/secrets'), { body: { secretId: 'next', secret: added } })).status,
  ).toBe(201);
  await drive.call('POST', ofApp('/secrets'), { body: { secretId: 'next', secret: added } });
  await drive.call('POST', ofApp('/secrets'), { body: { secretId: 'other', secret: `${added}x` } });
  await drive.call('PATCH', ofApp('/secrets/next'), { body: { state: secret } });
  const read = await drive.call('GET', ofApp('/policy'));
  const { policy } = JSON.parse(read.text) as { policy: object };
  const put = (change: object): Promise<CallAnswer> =>
    drive.call('PUT', ofApp('/policy'), {
      headers: { 'if-match': read.etag },
      body: { policy: { ...policy, ...change }, why: marker },
    });
  for (const change of [{ expiry: secret }, { softMaxSeconds: appSign }, { onForce: { mode: secret } }]) {
    expect((await put(change)).status).toBe(400);
  }
  expect((await put({ softMaxSeconds: 61 })).status).toBe(200);
  const digest = drive.keep('token given for a digest', `04${randomBytes(60).toString('base64')}`);
  await drive.call('POST', ofApp('/revocations'), { body: { target: { kind: 'token', digest } } });
  const body = `rk_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('hex')}`;
  const wrongKey = drive.keep('wrong API key', `${body}_${crc32(body).toString(16).padStart(8, '0')}`);
  // Where a hurried hand puts them: in the address.
  const misplaced = [
    `/api/v1/nowhere/${secret}?token=${secret}`,
    `/api/v1/apps/${secret}`,
    ofApp(`/sessions?secret=${appSign}`),
  ];
  for (const path of misplaced) expect((await drive.call('GET', path)).status).toBeGreaterThanOrEqual(400);
  for (const key of [wrongKey, secret])
    expect((await drive.call('GET', ofApp(''), { key })).status).toBe(401);
  return { appSign, secret };
}

/** The guests' side: every way in that a credential takes, let in and refused. */
async function driveGuests(drive: Drive, { appSign, secret }: Credentials): Promise<void> {
  const mint = (name: string, userId: string, sealedBy = secret): string => {
    const key = createTokenKey({ id: 'k', secret: sealedBy, appId });
    return drive.keep(name, mintToken({ appId, userId, expiresInSeconds: 600, key }, nowSeconds()));
  };
  const { wsUrl } = drive.test;
  const login = async (client: TestClient, userId: string, given: object): Promise<TestFrame> =>
    drive.note(await client.request('login', { appId, roomId: room, user: { userId }, ...given }));
  await using guest = await TestClient.greeted(wsUrl);
  const entered = await login(guest, marker, { token: mint('token that enters', marker) });
  expect(entered).toMatchObject({ t: 'ok' });

  await using signer = await TestClient.greeted(wsUrl);
  const proofOf = (userId: string): string =>
    drive.keep('proof', signer.proof(appSign, { verb: 'login', appId, roomId: room, userId }));
  expect(await login(signer, 'signer', { appSignProof: proofOf('somebody') })).toMatchObject({ t: 'error' });
  expect(await login(signer, 'signer', { appSignProof: proofOf('signer') })).toMatchObject({ t: 'ok' });

  const refused = [
    { token: mint('token of a wrong secret', 'bad', `Wrong${randomBytes(14).toString('hex').slice(0, 27)}`) },
    { token: mint('token of another user', 'somebody') },
    { token: drive.keep('token that is none', `04${randomBytes(90).toString('base64')}`) },
    { appSignProof: drive.keep('proof that is none', randomBytes(32).toString('base64')) },
    { token: appSign },
    { token: secret },
  ];
  for (const given of refused) {
    await using client = await TestClient.greeted(wsUrl);
    expect(await login(client, 'bad', given)).toMatchObject({ t: 'error' });
    drive.noteEvents(client);
  }

  const renew = async (token: string): Promise<TestFrame> =>
    drive.note(await guest.request('renew', { roomId: room, token }));
  const renewed = await renew(mint('token that renews', marker));
  expect(renewed).toMatchObject({ t: 'ok' });
  expect(await renew(mint('token of another that renews', 'somebody'))).toMatchObject({ t: 'error' });
  expect(
    await renew(drive.keep('renewal that is none', `04${randomBytes(90).toString('base64')}`)),
  ).toMatchObject({
    t: 'error',
  });
  await driveFaults(drive, { appSign, secret });

  guest.terminate();
  await guest.closed;
  const sessionId: string = entered['session'].id;
  const resume = async (ticket: string, more: object = {}): Promise<TestFrame> => {
    await using again = await TestClient.greeted(wsUrl);
    const request = { sessionId, ticket, lastRoomSeq: 0, ...more };
    const answer = drive.note(await again.request('resume', request));
    drive.noteEvents(again);
    return answer;
  };
  const noTicket = drive.keep('ticket that is none', randomBytes(32).toString('base64url'));
  expect(await resume(noTicket)).toMatchObject({ t: 'error' });
  const { resumeTicket } = renewed as unknown as { readonly resumeTicket: string };
  const fresh = { token: mint('token that resumes', marker) };
  expect(await resume(resumeTicket, fresh)).toMatchObject({ t: 'ok' });
  // A ticket that was used before: two hold it, so the session ends (SE7a).
  expect(await resume(resumeTicket)).toMatchObject({ t: 'error' });
}

/** Frames and headers in which a credential stands where none belongs. */
async function driveFaults(drive: Drive, { appSign, secret }: Credentials): Promise<void> {
  const token = drive.keep('token in a bad frame', `04${randomBytes(90).toString('base64')}`);
  await using client = await TestClient.greeted(drive.test.wsUrl);
  for (const frame of [
    `{"t":"login","id":50,"token":"${token}"`,
    { t: token, id: 51 },
    { t: 'login', id: 52, appId: appSign, roomId: room, user: { userId: 'x' }, token: [token] },
    { t: 'login', id: token, token },
  ]) {
    client.sendRaw(frame);
  }
  const answered = client.next('ok', ({ id }) => id === 60);
  client.sendRaw({ t: 'ping', id: 60 });
  await answered;
  drive.noteEvents(client);
  await using named = await TestClient.greeted(drive.test.wsUrl, { sdkVersion: secret, product: secret });
  drive.noteEvents(named);
}

const readPaths = [
  '',
  '/secrets',
  '/policy',
  '/policy/history',
  '/sessions',
  '/revocations',
  '/forbids',
  '/diagnoses',
  '/logins',
  '/counters',
];

async function readEverything(drive: Drive): Promise<void> {
  for (const rest of readPaths)
    expect((await drive.call('GET', `/api/v1/apps/${appId}${rest}`)).status).toBe(200);
  for (const path of [
    '/api/v1/apps',
    '/api/v1/keys',
    '/api/v1/audit',
    '/api/v1/audit/verify',
    '/healthz',
    '/readyz',
  ]) {
    expect((await drive.call('GET', path)).status).toBe(200);
  }
  const listed = await drive.test.server.ledger.diagnoses(appId, 100);
  expect(listed.length).toBeGreaterThan(5);
  for (const { diagnosisId } of listed) {
    const { text } = await drive.call('GET', `/api/v1/apps/${appId}/diagnoses/${diagnosisId}`);
    expect(text).toContain(diagnosisId);
  }
}

describe('secrets, tokens, proofs, tickets and keys', () => {
  it('[SC2][SC3][SC4] driven through every path they come out nowhere: log, answers, metrics, frames, files', async () => {
    await using test = await startTestServer();
    const drive = new Drive(test);
    await drive.makeKey();
    await driveGuests(drive, await driveApi(drive));
    await readEverything(drive);
    const running = await drive.sinks();
    await test.server.stop();
    const stopped = readdirSync(test.dataDir).map((name) => ({
      name: `${name} after the stop`,
      bytes: readFileSync(join(test.dataDir, name)),
    }));
    const sinks = [...running, ...stopped];
    expect(drive.canaries.size).toBeGreaterThanOrEqual(25);
    expect(findCanaries(sinks, drive.canaries)).toEqual([]);

    // The controls: what may be kept is found by the same search, in what is told and in both files,
    const kept = findCanaries(sinks, new Map([['marker', marker]]));
    expect(kept).toEqual(expect.arrayContaining(['marker in answers', 'marker in ledger.db after the stop']));
    expect(kept).toContain('marker in state.db after the stop');
    // and every canary is found in every sink once it is planted there, in the middle of what is there already.
    const planted = sinks.map(({ name, bytes }) => {
      const half = Math.floor(bytes.length / 2);
      const all = Buffer.from([...drive.canaries.values()].join(' '));
      return { name, bytes: Buffer.concat([bytes.subarray(0, half), all, bytes.subarray(half)]) };
    });
    expect(findCanaries(planted, drive.canaries)).toHaveLength(sinks.length * drive.canaries.size);
    for (const { name, bytes } of running.slice(0, 4)) expect(bytes.length, name).toBeGreaterThan(100);
  });
});
