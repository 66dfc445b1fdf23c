import { privilegePayload } from '@roomkey/token';
import { sealFixed } from '@roomkey/token/testing';
import { describe, expect, it } from 'vitest';
import type { Policy } from '#policy';
import { decideLogin } from './decide-login.ts';
import { findHint, hintTexts } from './hints.ts';
import {
  createSealer,
  makeProof,
  makeRules,
  now,
  nowSeconds,
  otherSecret,
  subject,
  type TokenWish,
  verify,
} from './testing/make-admission.ts';

const seal = createSealer(sealFixed);

function hintOf(wish: TokenWish, policy: Partial<Policy> = {}): string | undefined {
  const decision = decideLogin(makeRules(policy), verify({ token: seal(wish) }), subject, now);
  expect(decision.allowed).toBe(false);
  return findHint(decision.trace);
}

describe('hints', () => {
  const misses: readonly [string, TokenWish, Partial<Policy>][] = [
    ['user-blank', { userId: 'alice ' }, {}],
    ['user-case', { userId: 'Alice' }, {}],
    ['app-other', { appId: 7 }, {}],
    ['room-case', { format: '03-cbc', roomId: 'Room-1' }, {}],
    ['room-blank', { format: '03-cbc', roomId: ' room-1' }, {}],
    [
      'room-empty',
      { payload: privilegePayload({ login: true, publish: true }) },
      { checkLogin: true, emptyRoomId: 'refuse' },
    ],
    ['issuer-clock-ahead', { ctime: nowSeconds + 999 }, {}],
    ['lifetime-capped', {}, { maxTokenLifetimeSeconds: 10 }],
    ['cbc-denied', { format: '04-cbc' }, { cbc: 'deny' }],
  ];
  it.each(misses)('[AD13] names the nearest miss: %s', (hint, wish, policy) => {
    expect(hintOf(wish, policy)).toBe(hint);
  });

  it('[TK13] says nothing about a token that did not open', () => {
    expect(hintOf({ key: otherSecret, userId: 'alice ', ctime: nowSeconds + 999 })).toBeUndefined();
    expect(hintOf({ userId: 'somebody else' })).toBeUndefined();
  });

  it('[AD13] says that forcing ignores AppSign', () => {
    const decision = decideLogin(
      makeRules({ forced: true }),
      verify({ appSignProof: makeProof() }),
      subject,
      now,
    );
    expect(findHint(decision.trace)).toBe('appsign-ignored');
  });

  it('[AD13] every hint has a text in both languages', () => {
    for (const { en, zh } of Object.values(hintTexts)) {
      expect(en).toMatch(/\.$/);
      expect(zh).toMatch(/\p{Script=Han}.*。$/u);
    }
  });
});
