import { errorFacts } from '@roomkey/protocol';
import { privilegePayload } from '@roomkey/token';
import { sealFixed } from '@roomkey/token/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy, Revocation } from '#policy';
import { decideLogin } from './decide-login.ts';
import type { Decision } from './decision.ts';
import {
  createSealer,
  makeKeys,
  makeProof,
  makeRevocation,
  makeRules,
  now,
  nowSeconds,
  otherSecret,
  secret,
  subject,
  verify,
} from './testing/make-admission.ts';

const seal = createSealer(sealFixed);
const hour = 3_600;
const expired = { ctime: nowSeconds - 2 * hour, seconds: hour };
const revoked = makeRevocation({ kind: 'user', userId: 'mallory' });

/** One way to present a token: what it is, and the rules that it takes to refuse it. */
const tokens = {
  ok: { token: seal() },
  none: {},
  unopened: { token: seal({ key: otherSecret }) },
  malformed: { token: `07${seal().slice(2)}` },
  expired: { token: seal(expired) },
  otherUser: { token: seal({ userId: 'bob' }) },
  otherUserExpired: { token: seal({ ...expired, userId: 'bob' }) },
  otherApp: { token: seal({ appId: 77 }) },
  loginBitMissing: {
    token: seal({ payload: privilegePayload({ login: false, publish: true }) }),
    policy: { checkLogin: true },
  },
  revoked: { token: seal(), revocations: [makeRevocation({ kind: 'secret', secretId: 'k1' })] },
  revokedExpired: { token: seal(expired), revocations: [makeRevocation({ kind: 'secret', secretId: 'k1' })] },
} satisfies Record<string, { token?: string; policy?: Partial<Policy>; revocations?: readonly Revocation[] }>;
type TokenCase = keyof typeof tokens;

const proofs = { ok: makeProof(), bad: makeProof(undefined, 'ff'.repeat(32)), none: undefined };
type ProofCase = keyof typeof proofs;

function decide(
  rule: Policy['credentialRule'],
  forced: boolean,
  proof: ProofCase,
  name: TokenCase,
): Decision {
  const { token, policy, revocations } = { policy: {}, revocations: [], token: undefined, ...tokens[name] };
  const rules = makeRules({ ...policy, credentialRule: rule, forced }, { revocations });
  const appSignProof = proofs[proof];
  const credential = {
    ...(token === undefined ? {} : { token }),
    ...(appSignProof === undefined ? {} : { appSignProof }),
  };
  return decideLogin(rules, verify(credential), subject, now);
}

function nameOf(decision: Decision): string {
  if (!decision.allowed) return decision.error;
  return decision.fellBack ? `${decision.method}, fell back` : decision.method;
}

/** The codes of tokens that do not pass: those that may fall back, and those that refuse (AD3a). */
const soft: readonly [TokenCase, string][] = [
  ['unopened', 'tokenUnopened'],
  ['malformed', 'tokenVersion'],
  ['expired', 'tokenExpired'],
];
const hard: readonly [TokenCase, string][] = [
  ['otherUser', 'tokenUser'],
  ['otherUserExpired', 'tokenUser'],
  ['otherApp', 'tokenApp'],
  ['loginBitMissing', 'loginBitMissing'],
  ['revoked', 'revoked'],
  ['revokedExpired', 'revoked'],
];

// AD3 as a table: rule, AppSign, then what comes of a token that is ok, soft, hard, none. `CODE` = the token's own.
const table: readonly [Policy['credentialRule'] | 'forced', ProofCase, string, string, string, string][] = [
  ['either', 'ok', 'both', 'appSign, fell back', 'CODE', 'appSign'],
  ['either', 'bad', 'token', 'CODE', 'CODE', 'appSignIncorrect'],
  ['either', 'none', 'token', 'CODE', 'CODE', 'noToken'],
  ['appSignFirst', 'ok', 'both', 'appSign, fell back', 'CODE', 'appSign'],
  ['appSignFirst', 'bad', 'appSignIncorrect', 'appSignIncorrect', 'appSignIncorrect', 'appSignIncorrect'],
  ['appSignFirst', 'none', 'token', 'CODE', 'CODE', 'noToken'],
  ['both', 'ok', 'both', 'CODE', 'CODE', 'noToken'],
  ['both', 'bad', 'appSignIncorrect', 'appSignIncorrect', 'appSignIncorrect', 'noToken'],
  ['both', 'none', 'appSignMissing', 'appSignMissing', 'appSignMissing', 'noToken'],
  ['forced', 'ok', 'token', 'CODE', 'CODE', 'noToken'],
  ['forced', 'bad', 'token', 'CODE', 'CODE', 'noToken'],
  ['forced', 'none', 'token', 'CODE', 'CODE', 'noToken'],
];

const cells = table.flatMap(([rule, proof, ok, softCell, hardCell, none]) =>
  [
    ['ok', ok] as const,
    ['none', none] as const,
    ...soft.map(([name, code]) => [name, softCell.replace('CODE', code)] as const),
    ...hard.map(([name, code]) => [name, hardCell.replace('CODE', code)] as const),
  ].map(([name, expected]) => ({ rule, proof, name, expected })),
);

describe('truth table', () => {
  it.each(cells)('[AD3] $rule, AppSign $proof, token $name: $expected', ({ rule, proof, name, expected }) => {
    const rules = rule === 'forced' ? (['either', 'appSignFirst', 'both'] as const) : [rule];
    const found = rules.map((each) => nameOf(decide(each, rule === 'forced', proof, name)));
    expect(new Set(found)).toEqual(new Set([expected]));
  });

  it('[AD3] every login says what each rule would have said, forced or not', () => {
    for (const forced of [false, true]) {
      expect(decide('either', forced, 'none', 'ok').ruleOutcomes).toEqual({
        either: 'admitted',
        appSignFirst: 'admitted',
        both: 'appSignMissing',
      });
      expect(decide('both', forced, 'bad', 'ok').ruleOutcomes).toEqual({
        either: 'admitted',
        appSignFirst: 'appSignIncorrect',
        both: 'appSignIncorrect',
      });
    }
  });

  it("[AD3a] the lease is the token's when both pass, and AppSign's when the token fell back", () => {
    expect(decide('either', false, 'ok', 'ok')).toMatchObject({
      endsAt: (nowSeconds + 3_540) * 1000,
      keyId: 'k1',
    });
    expect(decide('either', false, 'ok', 'expired')).toMatchObject({
      endsAt: now + 86_400_000,
      keyId: undefined,
      fellBack: true,
    });
  });

  it('[AD5] forced, nothing is admitted by AppSign, whatever else is chosen', () => {
    const anyCase = fc.record({
      rule: fc.constantFrom('either', 'appSignFirst', 'both'),
      proof: fc.constantFrom('ok', 'bad', 'none'),
      name: fc.constantFrom(...(Object.keys(tokens) as TokenCase[])),
    });
    fc.assert(
      fc.property(anyCase, ({ rule, proof, name }) => {
        const decision = decide(rule as Policy['credentialRule'], true, proof as ProofCase, name);
        expect(decision.allowed).toBe(name === 'ok');
        if (decision.allowed) expect(decision.method).toBe('token');
      }),
    );
    // The control: unforced, the same proof admits.
    expect(decide('either', false, 'ok', 'none').allowed).toBe(true);
  });

  it('[AD5] forcing changes nothing about CBC: an unchanged back end still logs its users in', () => {
    const verified = verify({ token: seal({ format: '04-cbc' }) });
    expect(decideLogin(makeRules({ forced: true }), verified, subject, now).allowed).toBe(true);
    expect(decideLogin(makeRules({ forced: true, cbc: 'deny' }), verified, subject, now).allowed).toBe(false);
  });

  it('[AD1] the same inputs give the same decision, and what a client says of itself counts for nothing', () => {
    const verified = verify({ token: seal() });
    const first = decideLogin(makeRules(), verified, subject, now);
    const said = fc.record({
      platform: fc.constantFrom('web', 'server', 'unknown'),
      product: fc.constantFrom('video', 'recorder'),
      sdkVersion: fc.constantFrom('0.0.1', '99.0', 'other'),
      connectionId: fc.string(),
    });
    fc.assert(
      fc.property(said, (claims) => {
        expect(decideLogin(makeRules(), verified, { ...subject, ...claims }, now)).toEqual(first);
      }),
    );
  });

  it('[AD17] forced, no claim of platform, version or user id lets AppSign in', () => {
    const verified = verify({ appSignProof: makeProof() });
    const claims = { platform: 'server', product: 'recorder', sdkVersion: '0.0.1', connectionId: 'x' };
    expect(decideLogin(makeRules({ forced: true }), verified, { ...subject, ...claims }, now)).toMatchObject({
      allowed: false,
      error: 'noToken',
    });
  });
});

describe('what a token says', () => {
  const checked = { checkLogin: true, checkPublish: true } as const;
  const login = (wish: Parameters<typeof seal>[0], policy: Partial<Policy> = {}, at = now): Decision =>
    decideLogin(makeRules(policy), verify({ token: seal(wish) }), subject, at);
  const payload = (over: Partial<Parameters<typeof privilegePayload>[0]> = {}): { payload: string } => ({
    payload: privilegePayload({ roomId: 'room-1', login: true, publish: true, ...over }),
  });

  const codes: readonly [string, Parameters<typeof seal>[0], Partial<Policy>, string, number][] = [
    ['of another app', { appId: 7 }, {}, 'tokenApp', 1002076],
    ['of another user', { userId: 'bob' }, {}, 'tokenUser', 1002077],
    ['expired', expired, {}, 'tokenExpired', 1002078],
    ['not opened', { key: otherSecret }, {}, 'tokenUnopened', 1002033],
    ['not opened and past its outer expiry', { ...expired, key: otherSecret }, {}, 'tokenExpired', 1002078],
    ['not yet valid', { ctime: nowSeconds + 301 }, {}, 'notYetValid', 1002074],
    ['a token03 of another room', { format: '03-cbc', roomId: 'room-2' }, {}, 'otherRoom', 1002074],
    ['for another room', payload({ roomId: 'room-2' }), checked, 'otherRoom', 1002074],
    [
      'for an empty room where those are refused',
      payload({ roomId: '' }),
      { ...checked, emptyRoomId: 'refuse' },
      'otherRoom',
      1002074,
    ],
    ['without the login bit', payload({ login: false }), checked, 'loginBitMissing', 1002074],
    ['a token03 without it', { format: '03-cbc', login: false }, checked, 'loginBitMissing', 1002074],
    [
      'basic where those are refused',
      {},
      { ...checked, basicTokens: 'refuse' },
      'basicTokenRefused',
      1002074,
    ],
    ['with a payload that is none', { payload: '{"room_id":' }, checked, 'tokenFormat', 1002075],
  ];
  it.each(codes)('[AD4] a token %s has its own name', (...[, wish, policy, error, code]) => {
    expect(login(wish, policy)).toMatchObject({ allowed: false, error });
    expect(errorFacts[error as keyof typeof errorFacts][0]).toBe(code);
    // The control: the same rules admit the right token.
    expect(login(payload(), policy).allowed).toBe(true);
  });

  it('[AD7] switched off, bits and payload are ignored', () => {
    for (const wish of [payload({ login: false, publish: false, streamIds: ['s1'] }), { payload: 'hello' }]) {
      expect(login(wish)).toMatchObject({ grants: { login: true, publish: true, streams: 'any' } });
    }
  });

  it('[AD7] switched on, bit 2, the stream list and the audience become grants', () => {
    expect(login(payload({ publish: false }), checked)).toMatchObject({ grants: { publish: false } });
    const narrow = payload({ streamIds: ['s1'], audience: ['recorder', 'media'] });
    expect(login(narrow, checked)).toMatchObject({
      grants: { publish: true, streams: ['s1'], planes: ['media', 'recorder'] },
    });
    expect(login(payload(), checked)).toMatchObject({ grants: { planes: ['media', 'board', 'files'] } });
    expect(login(payload({ roomId: '' }), checked)).toMatchObject({ grants: { publish: true } });
  });

  it('[AD7] with publish alone checked, the room of the token still bounds the publish right', () => {
    const publishOnly = { checkPublish: true };
    expect(login(payload({ roomId: 'room-2' }), publishOnly)).toMatchObject({ grants: { publish: false } });
    expect(login(payload({ login: false }), publishOnly)).toMatchObject({ grants: { publish: true } });
  });

  it("[AD8] the expiry mode is the policy's", () => {
    expect(login({}, { expiry: 'hard' })).toMatchObject({ expiry: 'hard' });
    expect(login({}, { expiry: 'soft' })).toMatchObject({ expiry: 'soft' });
  });

  it('[AD11] a token longer than the policy allows is capped from its ctime, not refused', () => {
    const cap = { maxTokenLifetimeSeconds: 120 };
    expect(login({}, cap)).toMatchObject({ allowed: true, capped: true, endsAt: now + 60_000 });
    const past = login({}, cap, now + 60_000);
    expect(past).toMatchObject({ allowed: false, error: 'tokenExpired' });
    expect(past.trace.find((row) => row.check === 'expire')?.hint).toBe('lifetime-capped');
    expect(login({ seconds: 120 }, cap)).toMatchObject({ capped: false });
  });

  it('[TK15] an issuer may run 300 s ahead, and expiry has no skew', () => {
    expect(login({ ctime: nowSeconds + 300 })).toMatchObject({ allowed: true });
    expect(login({ ctime: nowSeconds + 310 })).toMatchObject({ error: 'notYetValid', retryAfterMs: 10_000 });
    expect(login({}, {}, now + 3_540_000 - 1).allowed).toBe(true);
    expect(login({}, {}, now + 3_540_000)).toMatchObject({ error: 'tokenExpired' });
  });

  it('[AD14] the trace says how far an issuer runs ahead, admitted or not', () => {
    for (const ahead of [41, 400]) {
      const row = login({ ctime: nowSeconds + ahead }).trace.find(({ check }) => check === 'ctime');
      expect(row).toMatchObject({ hint: 'issuer-clock-ahead' });
      expect(row?.got).toContain(`${ahead} s ahead`);
    }
    expect(login({}).trace.find(({ check }) => check === 'ctime')?.hint).toBeUndefined();
  });

  it('[AD3a] of several faults the first in order gives the code: identity before privileges before the clock', () => {
    const all = { ...expired, appId: 7, userId: 'bob', ...payload({ roomId: 'room-2', login: false }) };
    expect(login(all, checked)).toMatchObject({ error: 'tokenApp' });
    expect(login({ ...all, appId: subject.appId }, checked)).toMatchObject({ error: 'tokenUser' });
    const own = { ...all, appId: subject.appId, userId: subject.userId };
    expect(login(own, checked)).toMatchObject({ error: 'otherRoom' });
    expect(login({ ...own, ...payload({ login: false }) }, checked)).toMatchObject({
      error: 'loginBitMissing',
    });
  });
});

describe('CBC rules', () => {
  // Two tokens: one that opens and that the rule refuses, one that nothing opens. Outer expiry is the same.
  const opens = verify({ token: seal({ format: '04-cbc' }) });
  const unopened = verify({ token: seal({ format: '04-cbc', key: otherSecret }) });
  const weak = (state: { appIdFirst: boolean; strictShape: boolean }): typeof opens =>
    opens.token.state === 'opened'
      ? { ...opens, token: { ...opens.token, token: { ...opens.token.token, cbc: state } } }
      : opens;
  const refused: readonly [string, Partial<Policy>, typeof opens][] = [
    ['deny', { cbc: 'deny' }, opens],
    ['appIdFirst', { cbc: 'appIdFirst' }, weak({ appIdFirst: false, strictShape: true })],
    ['strict shape', { cbcShape: 'strict' }, weak({ appIdFirst: true, strictShape: false })],
  ];

  it.each(refused)('[TK12] %s refuses as unopened what it does not let in', (_, policy, verified) => {
    expect(decideLogin(makeRules(policy), verified, subject, now)).toMatchObject({ error: 'tokenUnopened' });
    expect(decideLogin(makeRules(), verified, subject, now).allowed).toBe(true);
  });

  it.each(refused)(
    '[TK13] under %s the whole decision is the same as for what no key opens',
    (_, policy, verified) => {
      for (const at of [now, now + 3_540_000]) {
        const byRule = decideLogin(makeRules(policy), verified, subject, at);
        expect(byRule).toEqual(decideLogin(makeRules(policy), unopened, subject, at));
        expect(byRule.trace.map((row) => row.check)).toEqual([
          'appSign',
          'format',
          'opened',
          'outerExpire',
          'rule',
          'forbid',
        ]);
      }
    },
  );

  it('[TK12] a CBC token that passes the stricter rules enters', () => {
    const policy = { cbc: 'appIdFirst', cbcShape: 'strict' } as const;
    expect(decideLogin(makeRules(policy), opens, subject, now).allowed).toBe(true);
  });
});

describe('revocation and forbidding', () => {
  const token = seal();
  const login = (revocations: readonly Revocation[], credential: Parameters<typeof verify>[0]): Decision =>
    decideLogin(makeRules({}, { revocations }), verify(credential), subject, now);

  it('[AD11a] a fresh token caught by issued-before learns when a new one passes, and the trace names the clock', () => {
    const before = makeRevocation(
      { kind: 'issuedBefore', atSeconds: nowSeconds },
      { aheadSecondsByKey: { k1: 20 } },
    );
    const caught = login([before], { token: seal({ ctime: nowSeconds + 5 }) });
    expect(caught).toMatchObject({ error: 'revoked', retryAfterMs: 15_000 });
    expect(caught.trace.find(({ check }) => check === 'revoked')?.hint).toBe('issued-before-clock');
    expect(login([before], { token: seal({ ctime: nowSeconds + 20 }) }).allowed).toBe(true);
    // An old token is simply revoked: waiting will not help it.
    expect(login([before], { token: seal({ ctime: nowSeconds - 1_000 }) })).not.toHaveProperty(
      'retryAfterMs',
    );
  });

  it('[AD11a] a token that was seen ahead of our clock is not told to wait', () => {
    const digestOf = verify({ token }).token;
    const digest = digestOf.state === 'opened' ? digestOf.token.digest : '';
    const target = { kind: 'issuedBefore', atSeconds: nowSeconds - 600 } as const;
    const caught = login([makeRevocation(target, { aheadDigests: [digest] })], { token });
    expect(caught).toMatchObject({ allowed: false, error: 'revoked' });
    expect(caught).not.toHaveProperty('retryAfterMs');
    expect(caught.trace.find(({ check }) => check === 'revoked')?.got).toContain('ahead of our clock');
    expect(login([makeRevocation(target)], { token }).allowed).toBe(true);
  });

  it('[AD11b] a revoked user id is refused to AppSign, while a fresh token of it enters', () => {
    const user = makeRevocation({ kind: 'user', userId: 'alice' });
    const appSignProof = makeProof();
    expect(login([user], { appSignProof })).toMatchObject({ allowed: false, error: 'revoked' });
    expect(login([revoked], { appSignProof }).allowed).toBe(true);
    expect(login([user], { appSignProof, token: seal({ ctime: nowSeconds }) })).toMatchObject({
      method: 'both',
    });
    expect(login([user], { appSignProof, token: seal({ ...expired }) })).toMatchObject({ error: 'revoked' });
  });

  it('[AD10] forbidding comes after the credential, and holds for every method', () => {
    const rules = makeRules({}, { forbidden: 'alice' });
    for (const credential of [{ token }, { appSignProof: makeProof() }]) {
      expect(decideLogin(rules, verify(credential), subject, now)).toMatchObject({ error: 'userForbidden' });
    }
    const bad = { token: seal({ userId: 'bob' }) };
    expect(decideLogin(rules, verify(bad), subject, now)).toMatchObject({ error: 'tokenUser' });
  });
});

describe('trace', () => {
  it('[AD1] lists every check with what was expected and what was there', () => {
    const { trace } = decide('either', false, 'ok', 'otherUser');
    expect(trace.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'appSign pass',
      'format pass',
      'opened pass',
      'app pass',
      'user fail',
      'payload skip',
      'revoked pass',
      'ctime pass',
      'expire pass',
      'rule fail',
      'forbid pass',
    ]);
  });

  it('[AD13] no trace holds a token, a secret or a proof, and long ids are cut', () => {
    const values = [...Object.values(tokens).flatMap((one) => ('token' in one ? [one.token] : [])), secret];
    const canaries = [...values, ...Object.values(proofs).filter((proof) => proof !== undefined)];
    const seen = cells
      .map(({ rule, proof, name }) =>
        decide(rule === 'forced' ? 'either' : rule, rule === 'forced', proof, name),
      )
      .map((decision) => JSON.stringify(decision))
      .join();
    expect(seen).toContain('alice');
    for (const canary of canaries) expect(seen).not.toContain(canary);
    const long = verify({
      token: seal({ payload: privilegePayload({ roomId: 'r'.repeat(900), login: true, publish: true }) }),
    });
    const { trace } = decideLogin(makeRules({ checkLogin: true }), long, subject, now);
    expect(Math.max(...trace.map(({ got }) => got.length))).toBe(128);
  });

  it('[AD12] without any key a token does not open, and AppSign still counts', () => {
    const keys = makeKeys({ withKey: false });
    const credential = { token: seal(), appSignProof: makeProof() };
    expect(decideLogin(makeRules(), verify(credential, keys), subject, now)).toMatchObject({
      method: 'appSign',
      fellBack: true,
    });
  });
});
