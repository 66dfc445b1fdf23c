import { createSecretKey, randomBytes } from 'node:crypto';
import { mintToken, openToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { type AppRules, RulesConflict } from './app-rules.ts';
import { defaultPolicies } from './default-policy.ts';
import { startTestRules, type TestRules, testStart } from './testing/start-test-rules.ts';

const owner = { name: 'cli' };
const secretOf = (letter: string): string => `${letter}Q7fK2xW9bT4mZ6sJ1vD8hR3nL5pC0y`.padEnd(32, letter);
const imported = { name: 'Shop', appId: 7, appSign: 'ab'.repeat(32), secrets: [secretOf('A')] };

async function dump({ database }: TestRules): Promise<unknown> {
  const { db } = database;
  return {
    apps: await db.selectFrom('apps').selectAll().execute(),
    secrets: await db.selectFrom('app_secrets').selectAll().execute(),
    policies: await db.selectFrom('policy_versions').selectAll().execute(),
    rules: await db.selectFrom('app_rules').selectAll().execute(),
    revocations: await db.selectFrom('revocations').selectAll().execute(),
    forbids: await db.selectFrom('forbid_rules').selectAll().execute(),
    audit: await db.selectFrom('audit_entries').selectAll().execute(),
  };
}

describe('the defaults of apps', () => {
  it('[AD16] a new app is forced and checked, an imported one as at the vendor', async () => {
    await using test = await startTestRules();
    const made = await test.rules.createApp({ name: 'New' }, owner);
    const brought = await test.rules.importApp(imported, owner);
    expect(made.rules.policy).toEqual(defaultPolicies.new);
    expect(made.rules.policy).toMatchObject({ forced: true, checkLogin: true, checkPublish: true });
    expect(made.rules.policy).toMatchObject({ expiry: 'hard', cbc: 'deny', basicTokens: 'refuse' });
    expect(brought.rules.policy).toEqual(defaultPolicies.imported);
    expect(brought.rules.policy).toMatchObject({ forced: false, checkLogin: false, checkPublish: false });
    expect(brought.rules.policy).toMatchObject({ expiry: 'soft', cbc: 'allow', basicTokens: 'allow' });
    for (const { policy } of [made.rules, brought.rules]) {
      expect(policy).toMatchObject({ appSignMaxSessionSeconds: 86_400, appSignDisplaces: false });
    }
  });

  it('[AD12] a new app seals with the secret that is shown once; the same opens after a restart', async () => {
    await using test = await startTestRules();
    const { app, secrets, appSign } = await test.rules.createApp({ name: 'New', appId: 5 }, owner);
    expect(appSign).toMatch(/^[0-9a-f]{64}$/);
    const token = mintToken(
      { appId: 5, userId: 'u', expiresInSeconds: 60, secret: secrets[0]!.secret },
      testStart / 1000,
    );
    const later = await test.again();
    for (const rules of [test.rules.find(5), later.find(5)]) {
      const opened = openToken(token, rules!.keys.tokens!, testStart / 1000, { appId: 5 });
      expect(opened).toMatchObject({ ok: true, keyId: app.secrets[0]!.secretId });
      expect(rules!.keys.sealing?.id).toBe(app.secrets[0]!.secretId);
      expect(rules!.keys.appSign).toBeDefined();
    }
  });

  it('[CF2] an import with many faults is refused with all of them, and no value in any', async () => {
    await using test = await startTestRules();
    const wrong = {
      name: '',
      appId: 0,
      appSign: 'canary-appsign',
      secrets: ['canary-secret', { secretId: '../x', secret: secretOf('B') }],
      allowedOrigins: ['https://ok.example', 'canary-origin/path'],
    };
    const failure = await test.rules.importApp(wrong, owner).catch((error: unknown) => error);
    expect(failure).toMatchObject({ errorName: 'validation' });
    const details = (failure as { details: readonly string[] }).details;
    const paths = details.map((line) => line.split(':')[0]);
    expect(paths).toEqual([
      '/name',
      '/appId',
      '/appSign',
      '/secrets/0/secret',
      '/secrets/1/secretId',
      '/allowedOrigins/1',
    ]);
    expect(details.join()).not.toContain('canary');
    expect(test.rules.list()).toEqual([]);
  });

  it('[AD12] shared and sample secrets are warned of, and refused in production', async () => {
    const sample = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    const shared = { ...imported, appId: 8, secrets: [secretOf('A'), sample, secretOf('B'), secretOf('B')] };
    await using relaxed = await startTestRules();
    await relaxed.rules.importApp(imported, owner);
    const { warnings } = await relaxed.rules.importApp(shared, owner);
    expect(warnings.map((line) => line.split(':')[0])).toEqual([
      '/secrets/0/secret',
      '/secrets/1/secret',
      '/secrets/3/secret',
    ]);
    await using strict = await startTestRules({ isProduction: true });
    expect((await strict.rules.importApp(imported, owner)).warnings).toEqual([]);
    await expect(strict.rules.importApp(shared, owner)).rejects.toMatchObject({ errorName: 'validation' });
    const again = { kind: 'secretAdd', secretId: 'k2', secret: secretOf('A') } as const;
    await expect(strict.rules.change(7, undefined, owner, again)).rejects.toMatchObject({
      errorName: 'validation',
    });
    const fresh = { ...again, secret: secretOf('C') };
    expect((await strict.rules.change(7, undefined, owner, fresh)).version).toBe(2);
  });

  it('an app id that is taken is refused', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const twice = test.rules.importApp({ ...imported, secrets: [secretOf('D')] }, owner);
    await expect(twice).rejects.toMatchObject({ errorName: 'alreadyExists' });
    expect(test.rules.list().map(({ appId }) => appId)).toEqual([7]);
  });
});

describe('changes of rules', () => {
  it('[CL2] every change of anything raises the version, in memory and on disk alike', async () => {
    await using test = await startTestRules();
    const { rules } = test;
    await rules.importApp(imported, owner);
    const policy = { ...defaultPolicies.imported, forced: true };
    const forbidden = await rules.change(7, 1, owner, { kind: 'forbid', userId: 'bad', seconds: 60 });
    const rule = forbidden.findForbid('bad', 'any', test.clock.now);
    await rules.change(7, 2, owner, { kind: 'unforbid', ruleId: rule!.ruleId });
    await rules.change(7, 3, owner, { kind: 'policy', policy });
    await rules.change(7, 4, owner, { kind: 'candidate', policy: { ...policy, cbc: 'deny' } });
    await rules.change(7, 5, owner, { kind: 'revoke', target: { kind: 'user', userId: 'x' } });
    await rules.change(7, 6, owner, { kind: 'secretAdd', secretId: 'k2', secret: secretOf('B') });
    await rules.change(7, 7, owner, { kind: 'secretState', secretId: 'k2', to: 'verifying' });
    await rules.change(7, 8, owner, { kind: 'appSign', to: 'suspended' });
    await rules.change(7, 9, owner, { kind: 'origins', allowedOrigins: ['https://a.example'] });
    const plain = ({ keys, revocations, findForbid, ...rest }: AppRules) => ({
      ...rest,
      size: revocations.size,
      formats: [...keys.formats],
      keyIds: keys.tokens?.keys.map((key) => key.id),
      forbidden: findForbid('bad', 'any', test.clock.now),
      hasAppSign: keys.appSign !== undefined,
    });
    const now = plain(rules.find(7)!);
    expect(now).toMatchObject({ version: 10, policyVersion: 2, size: 1, hasAppSign: false });
    expect(now.forbidden).toBeUndefined();
    expect(now.candidate?.cbc).toBe('deny');
    expect(plain((await test.again()).find(7)!)).toEqual(now);
    const actions = test.audit.entries.map(({ action }) => action);
    expect(actions).toEqual([
      'app.import',
      'forbid.add',
      'forbid.remove',
      'policy.change',
      'candidate.change',
      'revocation.add',
      'secret.add',
      'secret.verifying',
      'appSign.suspended',
      'origins.change',
    ]);
    expect(JSON.stringify(test.audit.entries)).not.toContain(secretOf('B'));
  });

  it.each([
    { kind: 'policy', policy: { ...defaultPolicies.imported, forced: true } },
    { kind: 'candidate', policy: defaultPolicies.new },
    { kind: 'revoke', target: { kind: 'user', userId: 'x' } },
    { kind: 'forbid', userId: 'x', seconds: 60 },
    { kind: 'secretAdd', secretId: 'k2', secret: secretOf('B') },
    { kind: 'appSign', to: 'suspended' },
    { kind: 'origins', allowedOrigins: ['https://a.example'] },
  ] as const)('[ST4] a $kind whose transaction fails leaves memory and database as before', async (edit) => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const before = test.rules.find(7);
    const held = await dump(test);
    const heard: number[] = [];
    test.rules.onChanged((_before, after) => heard.push(after.version));
    test.audit.failNext = true;
    await expect(test.rules.change(7, 1, owner, edit)).rejects.toThrow('audit trail');
    expect(test.rules.find(7)).toBe(before);
    expect(
      before?.revocations.findForAppSign({ appId: 7, userId: 'x', roomId: 'r' }, testStart),
    ).toBeUndefined();
    expect(await dump(test)).toEqual(held);
    expect(heard).toEqual([]);
    // The control: the same edit goes through when the transaction does.
    expect((await test.rules.change(7, 1, owner, edit)).version).toBe(2);
    expect(heard).toEqual([2]);
  });

  it('[ST4] an app whose transaction fails does not exist', async () => {
    await using test = await startTestRules();
    const held = await dump(test);
    test.audit.failNext = true;
    await expect(test.rules.importApp(imported, owner)).rejects.toThrow('audit trail');
    expect(test.rules.find(7)).toBeUndefined();
    expect(await dump(test)).toEqual(held);
    expect((await test.rules.importApp(imported, owner)).rules.version).toBe(1);
  });

  it('[API1] of two owners at once, who both read version 1, one wins', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const asked = (['deny', 'appIdFirst'] as const).map((cbc) =>
      test.rules.change(7, 1, owner, { kind: 'policy', policy: { ...defaultPolicies.imported, cbc } }),
    );
    const [first, second] = await Promise.allSettled(asked);
    expect(first).toMatchObject({ status: 'fulfilled', value: { version: 2 } });
    expect(second).toMatchObject({ status: 'rejected', reason: { name: 'RulesConflict', current: 2 } });
    expect(test.rules.find(7)?.policy.cbc).toBe('deny');
  });

  it('[CL2] a change planned on rules that another writer has changed is refused, and the new ones are read', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const other = await test.again();
    const policy = { ...defaultPolicies.imported, forced: true };
    await other.change(7, undefined, owner, { kind: 'policy', policy });
    const late = test.rules.change(7, undefined, owner, { kind: 'candidate', policy });
    await expect(late).rejects.toBeInstanceOf(RulesConflict);
    expect(test.rules.find(7)).toMatchObject({ version: 2, policy: { forced: true }, candidate: undefined });
    expect((await test.rules.change(7, 2, owner, { kind: 'candidate', policy })).version).toBe(3);
  });

  it('[MG10] a restored policy is a new version with the old content', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const policy = { ...defaultPolicies.imported, forced: true };
    await test.rules.change(7, undefined, owner, { kind: 'policy', policy });
    const restored = await test.rules.restorePolicy(7, 1, { name: 'cli', why: 'too early' });
    expect(restored).toMatchObject({ policyVersion: 3, policy: defaultPolicies.imported });
    const versions = test.database.db.selectFrom('policy_versions').select(['version', 'why']);
    expect(await versions.orderBy('version').execute()).toEqual([
      { version: 1, why: null },
      { version: 2, why: null },
      { version: 3, why: 'too early' },
    ]);
    await expect(test.rules.restorePolicy(7, 9, owner)).rejects.toMatchObject({ errorName: 'notFound' });
  });

  it('[SE10] listeners hear of a change once it is readable; one that throws undoes nothing', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    const heard: string[] = [];
    test.rules.onChanged(() => {
      throw new Error('cannot hear');
    });
    const stop = test.rules.onChanged((before, after) => {
      heard.push(`${before?.version} ${after.version} ${test.rules.find(7)?.version}`);
    });
    await test.rules.change(7, 1, owner, { kind: 'appSign', to: 'suspended' });
    stop();
    stop();
    await test.rules.change(7, 2, owner, { kind: 'appSign', to: 'active' });
    expect(heard).toEqual(['1 2 2']);
  });
});

describe('server secrets', () => {
  it('[AD12] a retired secret and a destroyed AppSign lose their bytes', async () => {
    await using test = await startTestRules();
    const { rules, database, clock } = test;
    const { app } = await rules.importApp({ ...imported, secrets: [secretOf('A'), secretOf('B')] }, owner);
    const spare = app.secrets.find(({ state }) => state === 'verifying')!.secretId;
    rules.keyUse.noteOpened(7, spare, clock.now - 59 * 60_000);
    const retire = { kind: 'secretState', secretId: spare, to: 'retired' } as const;
    await expect(rules.change(7, undefined, owner, retire)).rejects.toMatchObject({
      errorName: 'reasonRequired',
    });
    const after = await rules.change(7, undefined, { name: 'cli', why: 'leaked' }, retire);
    expect(after.keys.tokens?.keys.map(({ id }) => id)).not.toContain(spare);
    expect(test.audit.entries.at(-1)?.details).toMatchObject({ why: 'leaked' });
    const destroy = { kind: 'appSign', to: 'destroyed' } as const;
    await expect(rules.change(7, undefined, owner, destroy)).rejects.toMatchObject({
      errorName: 'wrongState',
    });
    await rules.change(7, undefined, owner, { kind: 'appSign', to: 'suspended' });
    await rules.change(7, undefined, owner, destroy);
    const sealed = await database.db.selectFrom('app_secrets').select(['secret_id', 'sealed']).execute();
    expect(sealed.filter((row) => row.sealed === null).map((row) => row.secret_id)).toEqual([spare]);
    const row = await database.db.selectFrom('apps').select('app_sign_sealed').executeTakeFirst();
    expect(row?.app_sign_sealed).toBeNull();
  });

  it('[SC3] rows of an app copied to another, or read with another master key, do not open', async () => {
    await using test = await startTestRules();
    await test.rules.importApp(imported, owner);
    await test.rules.importApp({ ...imported, appId: 8, secrets: [secretOf('B')] }, owner);
    await expect(test.again({ masterKey: createSecretKey(randomBytes(32)) })).rejects.toMatchObject({
      name: 'SealedValueDamaged',
    });
    expect((await test.again()).list()).toHaveLength(2);
    const { db } = test.database;
    const own = await db
      .selectFrom('app_secrets')
      .selectAll()
      .where('app_id', '=', 7)
      .executeTakeFirstOrThrow();
    await db.updateTable('app_secrets').set({ sealed: own.sealed }).where('app_id', '=', 8).execute();
    await expect(test.again()).rejects.toMatchObject({ name: 'SealedValueDamaged' });
  });
});
