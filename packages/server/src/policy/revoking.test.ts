import { describe, expect, it } from 'vitest';
import type { RevocationTarget } from './app-rules.ts';
import { defaultPolicies } from './default-policy.ts';
import { policyFor } from './policy-for.ts';
import { startTestRules, testStart } from './testing/start-test-rules.ts';

const owner = { name: 'cli', why: 'stolen phone' };
const secret = 'Q7fK2xW9bT4mZ6sJ1vD8hR3nL5pC0yGa';
const second = testStart / 1000;
const daySeconds = 86_400;
const cap = 24 * daySeconds;
const subject = (ctime: number, digest = 'f'.repeat(64), keyId = 'k1') => ({
  appId: 7,
  userId: 'u',
  roomId: 'r',
  token: { digest, keyId, ctime },
});

async function startApp(maxTokenLifetimeSeconds: number | null) {
  const test = await startTestRules();
  await test.rules.importApp({ name: 'Shop', appId: 7, secrets: [{ secretId: 'k1', secret }] }, owner);
  const policy = { ...defaultPolicies.imported, maxTokenLifetimeSeconds };
  await test.rules.change(7, undefined, owner, { kind: 'policy', policy });
  const revoke = async (target: RevocationTarget) => {
    const rules = await test.rules.change(7, undefined, owner, { kind: 'revoke', target });
    return rules.revocations;
  };
  const setCap = async (seconds: number | null) =>
    (
      await test.rules.change(7, undefined, owner, {
        kind: 'policy',
        policy: { ...policy, maxTokenLifetimeSeconds: seconds },
      })
    ).revocations;
  return { ...test, revoke, setCap };
}

describe('revoking', () => {
  it('[AD11] outlives a restart and expires when the last token it could hit has', async () => {
    const test = await startApp(cap);
    await using _ = test;
    const target = { kind: 'user', userId: 'u' } as const;
    const view = await test.revoke(target);
    const found = view.findForToken(subject(second - 1), testStart);
    expect(found).toMatchObject({ target, revokedAt: testStart, marginSeconds: 0 });
    expect(found?.expiresAt).toBe((second + 300 + cap) * 1000);
    const later = (await test.again()).find(7)!;
    expect(later.revocations.findForToken(subject(second - 1), testStart)).toEqual(found);
    test.clock.now = found?.expiresAt ?? 0;
    expect((await test.again()).find(7)!.revocations.size).toBe(0);
  });

  it('[AD11] stays for good where the life of tokens has no bound', async () => {
    const test = await startApp(null);
    await using _ = test;
    const view = await test.revoke({ kind: 'token', digest: 'f'.repeat(64) });
    expect(view.findForToken(subject(second), testStart)?.expiresAt).toBeNull();
  });

  it('[AD11] when tokens may live longer again, no revoked one comes back to life', async () => {
    const test = await startApp(daySeconds);
    await using _ = test;
    await test.revoke({ kind: 'room', roomId: 'r' });
    test.clock.now += 3 * daySeconds * 1000;
    const old = subject(second - 1);
    expect(test.rules.find(7)!.revocations.findForToken(old, test.clock.now)).toBeUndefined();
    const longer = await test.setCap(5 * daySeconds);
    expect(longer.findForToken(old, test.clock.now)).toBeDefined();
    const endless = await test.setCap(null);
    expect(endless.findForToken(old, test.clock.now)?.expiresAt).toBeNull();
    const shorter = await test.setCap(60);
    expect(shorter.findForToken(old, test.clock.now)).toBeDefined();
    expect((await test.again()).find(7)!.revocations.findForToken(old, test.clock.now)).toBeDefined();
  });

  it('[AD11a] takes along how far each key runs ahead, and tokens seen from further ahead', async () => {
    const test = await startApp(cap);
    await using _ = test;
    const { issuerClocks } = test.rules;
    const note = (keyId: string, digest: string, ahead: number, userId: string) =>
      issuerClocks.noteFirstSight({
        appId: 7,
        keyId,
        digest,
        ctime: second + ahead,
        userId,
        nowMs: testStart,
      });
    note('k1', 'a'.repeat(64), 20, 'u');
    note('k1', 'b'.repeat(64), 5_000, 'u');
    note('k1', 'c'.repeat(64), 5_000, 'other');
    note('slow', 'd'.repeat(64), -20, 'u');
    const view = await test.revoke({ kind: 'user', userId: 'u' });
    const found = view.findForToken(subject(second - 1), testStart);
    expect(found?.aheadSecondsByKey).toEqual({ k1: 300 });
    expect(found?.aheadDigests).toEqual(['b'.repeat(64)]);
    expect(found?.expiresAt).toBe((second + 5_000 + cap) * 1000);
    expect(view.findForToken(subject(second + 5_000, 'b'.repeat(64)), testStart)).toBeDefined();
    expect(view.findForToken(subject(second + 5_000, 'e'.repeat(64)), testStart)).toBeUndefined();
    // The slow issuer's fresh token is not caught by the fast one's clock.
    expect(view.findForToken(subject(second + 1, 'e'.repeat(64), 'slow'), testStart)).toBeUndefined();
  });

  it('[AD11b] a revoked user is refused by AppSign for 24 hours, however short tokens live', async () => {
    const test = await startApp(60);
    await using _ = test;
    const view = await test.revoke({ kind: 'user', userId: 'u' });
    const almost = testStart + 24 * 3_600_000 - 1;
    expect(view.findForAppSign(subject(second), almost)?.appSignRefusedUntil).toBe(almost + 1);
    expect(view.findForAppSign(subject(second), almost + 1)).toBeUndefined();
  });

  it.each<[RevocationTarget, string]>([
    [{ kind: 'token', digest: 'F'.repeat(64) }, '/target/digest'],
    [{ kind: 'user', userId: '' }, '/target/userId'],
    [{ kind: 'room', roomId: 'x'.repeat(129) }, '/target/roomId'],
    [{ kind: 'secret', secretId: 'k9' }, '/target/secretId'],
    [{ kind: 'issuedBefore', atSeconds: second + 1 }, '/target/atSeconds'],
    [{ kind: 'session', sessionId: '', digest: null }, '/target/sessionId'],
  ])('[AD11] %j is refused by the path of what is wrong', async (target, path) => {
    const test = await startApp(cap);
    await using _ = test;
    const failure = await test.revoke(target).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      errorName: 'validation',
      details: [expect.stringContaining(`${path}:`)],
    });
    expect((await test.revoke({ kind: 'issuedBefore', atSeconds: second })).size).toBe(1);
  });

  it('[AD11] 100 000 revocations are read at start, and each is found', async () => {
    const test = await startApp(cap);
    await using _ = test;
    const bounds = '"aheadSecondsByKey":{},"aheadDigests":[],"appSignRefusedUntil":null,"marginSeconds":0';
    await test.database.transaction(async (tx) => {
      for (let from = 0; from < 100_000; from += 1_000) {
        const rows = Array.from({ length: 1_000 }, (_row, at) => ({
          app_id: 7,
          revocation_id: `r${from + at}`,
          kind: 'user',
          target: `{"userId":"u${from + at}",${bounds}}`,
          rules_version: from + at,
          revoked_at: testStart,
          expires_at: null,
          revoked_by: 'cli',
          reason: null,
        }));
        await tx.insertInto('revocations').values(rows).execute();
      }
      await tx.updateTable('app_rules').set({ rules_version: 100_000 }).execute();
    });
    const { revocations } = (await test.again()).find(7)!;
    expect(revocations.size).toBe(100_000);
    for (const at of [0, 4_999, 5_000, 99_999]) {
      const asked = { ...subject(second - 1), userId: `u${at}` };
      expect(revocations.findForToken(asked, testStart)?.revocationId).toBe(`r${at}`);
    }
    expect(revocations.findForToken(subject(second - 1), testStart)).toBeUndefined();
  });
});

describe('forbid rules', () => {
  it('[RM8] keep out a user, a room, or a user of a room, until they end', async () => {
    const test = await startApp(null);
    await using _ = test;
    const forbid = (userId: string | undefined, roomId: string | undefined, seconds: number) =>
      test.rules.change(7, undefined, owner, {
        kind: 'forbid',
        seconds,
        ...(userId === undefined ? {} : { userId }),
        ...(roomId === undefined ? {} : { roomId }),
      });
    await forbid('bad', undefined, 60);
    await forbid(undefined, 'closed', 60);
    await forbid('guest', 'vip', 60);
    const rules = await forbid('bad', undefined, 30);
    const kept = (userId: string, roomId: string, after = 0) =>
      rules.findForbid(userId, roomId, testStart + after) !== undefined;
    expect([kept('bad', 'any'), kept('any', 'closed'), kept('guest', 'vip')]).toEqual([true, true, true]);
    expect([kept('guest', 'any'), kept('any', 'vip'), kept('closed', 'bad')]).toEqual([false, false, false]);
    // The longer of two rules counts, to its own end.
    expect([kept('bad', 'any', 59_999), kept('bad', 'any', 60_000)]).toEqual([true, false]);
    await expect(forbid(undefined, undefined, 0)).rejects.toMatchObject({
      errorName: 'validation',
      details: [expect.stringContaining('/:'), expect.stringContaining('/seconds:')],
    });
  });
});

describe('the policies of a login', () => {
  it('[MG3] are the active one and, if there is one, the candidate', async () => {
    const test = await startApp(null);
    await using _ = test;
    const facts = { appId: 7, roomId: 'r', userId: 'u', platform: 'web', product: 'video' } as const;
    const login = { ...facts, sdkVersion: '3.0.0', connectionId: 'c' };
    const plain = test.rules.find(7)!;
    expect(policyFor(plain, login, testStart)).toEqual({ active: plain.policy });
    const candidate = { ...plain.policy, forced: true };
    const watched = await test.rules.change(7, undefined, owner, { kind: 'candidate', policy: candidate });
    expect(policyFor(watched, login, testStart)).toEqual({ active: plain.policy, candidate });
  });
});
