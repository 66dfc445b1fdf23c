import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from './default-policy.ts';
import { diffPolicies } from './diff-policies.ts';
import { describeProblem, parsePolicy } from './parse-policy.ts';
import { policyJsonSchema } from './policy-schema.ts';

describe('reading a policy', () => {
  it.each(['new', 'imported'] as const)('[AD16] takes the default of %s apps as it is', (origin) => {
    const policy = defaultPolicies[origin];
    expect(parsePolicy(policy)).toEqual({ ok: true, policy });
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual({ ok: true, policy });
    expect(Compile(policyJsonSchema).Check(policy)).toBe(true);
  });

  it('[CF2] names all problems at once, with what is allowed and the nearest name, and no value', () => {
    const wrong = {
      ...defaultPolicies.new,
      forced: 'canary',
      expiry: 'canary',
      renewSkewSeconds: -1,
      softMaxSeconds: 1.5,
      onForce: { mode: 'endWithin', minutes: 0 },
      forcd: true,
      somethingElseAltogether: 1,
    };
    const parsed = parsePolicy(wrong);
    if (parsed.ok) throw new Error('taken');
    expect(parsed.problems).toEqual([
      { path: '/forcd', allowed: 'no such field', nearest: 'forced' },
      { path: '/somethingElseAltogether', allowed: 'no such field' },
      { path: '/forced', allowed: 'true | false' },
      {
        path: '/onForce',
        allowed:
          '{ mode: keep }, or { mode: end }, or { mode: endWithin, minutes: a whole number from 1 to 1440 }',
      },
      { path: '/expiry', allowed: 'soft | hard' },
      { path: '/softMaxSeconds', allowed: 'a whole number from 0 to 315360000, or null' },
      { path: '/renewSkewSeconds', allowed: 'a whole number from 0 to 3600' },
    ]);
    expect(parsed.problems.map(describeProblem)[0]).toBe('/forcd: no such field; did you mean forced?');
  });

  it('[CF2] a part is completed from a base, and refused without one', () => {
    const base = defaultPolicies.imported;
    expect(parsePolicy({ forced: true }, base)).toEqual({ ok: true, policy: { ...base, forced: true } });
    const parsed = parsePolicy({ forced: true });
    expect(parsed.ok ? 0 : parsed.problems.length).toBe(Object.keys(base).length - 1);
  });

  it('[TK12][AD5] forcing Token changes nothing else, CBC least of all', () => {
    const base = defaultPolicies.imported;
    const parsed = parsePolicy({ forced: true }, base);
    expect(parsed.ok ? diffPolicies(base, parsed.policy) : []).toEqual([
      { field: 'forced', from: false, to: true },
    ]);
    expect(parsed).toMatchObject({ policy: { cbc: 'allow', cbcShape: 'off' } });
  });

  it.each([null, [], 'policy', 7, undefined])('[CF2] refuses %j', (value) => {
    expect(parsePolicy(value)).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });

  it('[SC2a] fields that reach a prototype are unknown fields', () => {
    const hostile = JSON.parse('{"__proto__":{"forced":false},"constructor":1}');
    const parsed = parsePolicy(hostile, defaultPolicies.new);
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual(['/__proto__', '/constructor']);
  });
});

describe('the difference of two policies', () => {
  it('[MG10] lists the fields that differ, whatever the order inside them', () => {
    const from = { ...defaultPolicies.new, onForce: { mode: 'endWithin', minutes: 5 } as const };
    expect(diffPolicies(from, { ...from, onForce: { minutes: 5, mode: 'endWithin' } })).toEqual([]);
    expect(
      diffPolicies(from, { ...from, forced: false, onForce: { mode: 'keep' }, softMaxSeconds: null }),
    ).toEqual([
      { field: 'onForce', from: { mode: 'endWithin', minutes: 5 }, to: { mode: 'keep' } },
      { field: 'forced', from: true, to: false },
      { field: 'softMaxSeconds', from: 3_600, to: null },
    ]);
  });
});
