import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppSignState, SecretState } from './app.ts';
import {
  decideSecretChange,
  isOpening,
  maxOpeningSecrets,
  mayChangeAppSign,
  type SecretChange,
  type SecretStanding,
} from './decide-secret-change.ts';

const states: readonly SecretState[] = ['staged', 'verifying', 'primary', 'retiring', 'retired'];
const now = 1_795_488_930_000;
const never = () => undefined;
const carryOut = (
  secrets: readonly SecretStanding[],
  decision: ReturnType<typeof decideSecretChange>,
): readonly SecretStanding[] =>
  secrets.map((secret) => {
    const move = decision.ok ? decision.moves.find((each) => each.secretId === secret.secretId) : undefined;
    return move === undefined ? secret : { ...secret, state: move.to };
  });

describe('a server secret', () => {
  const allowed = new Set([
    'staged verifying',
    'verifying primary',
    'staged retired',
    'verifying retired',
    'retiring retired',
  ]);
  const cells = states.flatMap((from) => states.map((to) => [from, to] as const));

  it.each(cells)('[AD12] from %s to %s', (from, to) => {
    const decision = decideSecretChange(
      [{ secretId: 'k1', state: from }],
      { secretId: 'k1', to },
      never,
      now,
    );
    expect(decision.ok).toBe(allowed.has(`${from} ${to}`));
    if (!decision.ok) expect(decision.error).toBe('wrongState');
  });

  it('[AD12] that is promoted makes the old primary retiring in the same step', () => {
    const secrets = [
      { secretId: 'old', state: 'primary' },
      { secretId: 'new', state: 'verifying' },
    ] as const;
    expect(decideSecretChange(secrets, { secretId: 'new', to: 'primary' }, never, now)).toEqual({
      ok: true,
      moves: [
        { secretId: 'new', from: 'verifying', to: 'primary' },
        { secretId: 'old', from: 'primary', to: 'retiring' },
      ],
    });
    expect(decideSecretChange(secrets, { secretId: 'other', to: 'primary' }, never, now)).toEqual({
      ok: false,
      error: 'notFound',
    });
  });

  it.each([
    [59 * 60_000, undefined, false],
    [59 * 60_000, '  ', false],
    [59 * 60_000, 'leaked', true],
    [60 * 60_000, undefined, true],
    [undefined, undefined, true],
  ])('[AD12] retired %s ms after it opened a token, for the reason %j: %s', (agoMs, reason, ok) => {
    const secrets = [{ secretId: 'k1', state: 'retiring' }] as const;
    const change: SecretChange = {
      secretId: 'k1',
      to: 'retired',
      ...(reason === undefined ? {} : { reason }),
    };
    const at = agoMs === undefined ? undefined : now - agoMs;
    const decision = decideSecretChange(secrets, change, () => at, now);
    expect(decision.ok).toBe(ok);
    if (!decision.ok) expect(decision.error).toBe('reasonRequired');
  });

  it('[AD12][TK9] a fifth secret does not open beside four', () => {
    const opening = ['primary', 'verifying', 'retiring', 'retiring'] as const;
    const secrets: SecretStanding[] = opening.map((state, index) => ({ secretId: `k${index}`, state }));
    secrets.push({ secretId: 'k9', state: 'staged' });
    const change = { secretId: 'k9', to: 'verifying' } as const;
    expect(decideSecretChange(secrets, change, never, now)).toEqual({ ok: false, error: 'wrongState' });
    expect(decideSecretChange(secrets.slice(1), change, never, now).ok).toBe(true);
  });

  it('[AD12] whatever is asked in whatever order: one primary, at most four open, retired is for good', () => {
    const ids = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6'];
    const change = fc.record({ secretId: fc.constantFrom(...ids), to: fc.constantFrom(...states) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (changes, open) => {
        let secrets: readonly SecretStanding[] = ids.map((secretId, index) => ({
          secretId,
          state: index === 0 ? 'primary' : index < open ? 'verifying' : 'staged',
        }));
        for (const asked of changes) {
          const next = carryOut(secrets, decideSecretChange(secrets, asked, never, now));
          expect(next.filter(({ state }) => state === 'primary')).toHaveLength(1);
          expect(next.filter(({ state }) => isOpening(state)).length).toBeLessThanOrEqual(maxOpeningSecrets);
          next.forEach(({ state }, index) => {
            const before = secrets[index]?.state ?? 'staged';
            expect(states.indexOf(state)).toBeGreaterThanOrEqual(states.indexOf(before));
          });
          secrets = next;
        }
      }),
    );
  });
});

describe('an AppSign', () => {
  const signs: readonly AppSignState[] = ['active', 'suspended', 'destroyed'];
  const allowed = ['active suspended', 'suspended active', 'suspended destroyed'];

  it.each(signs.flatMap((from) => signs.map((to) => [from, to] as const)))(
    '[AD12] from %s to %s',
    (from, to) => {
      expect(mayChangeAppSign(from, to)).toBe(allowed.includes(`${from} ${to}`));
    },
  );
});
