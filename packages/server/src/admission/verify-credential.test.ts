import { createTokenKey, privilegePayload } from '@roomkey/token';
import { sealFixed, sealJson } from '@roomkey/token/testing';
import { describe, expect, it } from 'vitest';
import type { ProofBinding } from './decision.ts';
import {
  binding,
  createSealer,
  makeKeys,
  makeProof,
  nowSeconds,
  otherSecret,
  secret,
  subject,
  verify,
} from './testing/make-admission.ts';
import { verifyCredential } from './verify-credential.ts';

const seal = createSealer(sealFixed);
const key = createTokenKey({ id: 'any', secret });

describe('AppSign proof', () => {
  const proof = makeProof();

  it('[AD2] a proof over this binding is right', () => {
    expect(verify({ appSignProof: proof })).toEqual({ token: { state: 'none' }, appSign: 'ok' });
  });

  const changed: readonly [string, Partial<ProofBinding>][] = [
    ['host', { host: 'rtc.example:443' }],
    ['connection', { connectionId: 'connection-2' }],
    ['verb', { verb: 'switchRoom' }],
    ['app', { appId: 4_000_000_002 }],
    ['room', { roomId: 'room-2' }],
    ['user', { userId: 'alicE' }],
    ['challenge', { challenge: 'challenge-2' }],
    ['spent challenge', { challenge: undefined }],
    ['resume, which has no proof', { verb: 'resume' }],
  ];
  it.each(changed)('[AD2] the same proof is bad on another %s', (_, change) => {
    const other = verifyCredential({ appSignProof: proof }, makeKeys(), { ...binding, ...change });
    expect(other.appSign).toBe('bad');
  });

  it('[AD2] there is no proof for a resume, however well it is made', () => {
    const resume = { ...binding, verb: 'resume' } as const;
    const made = { appSignProof: makeProof(resume) };
    expect(verifyCredential(made, makeKeys(), resume).appSign).toBe('bad');
    const moved = { ...binding, verb: 'switchRoom' } as const;
    expect(verifyCredential({ appSignProof: makeProof(moved) }, makeKeys(), moved).appSign).toBe('ok');
  });

  it('[AD2] a proof by another key, of another length, or no base64 is bad', () => {
    const wrong = [makeProof(binding, 'ff'.repeat(32)), proof.slice(0, 8), 'not base64!'];
    expect(wrong.map((appSignProof) => verify({ appSignProof }).appSign)).toEqual(['bad', 'bad', 'bad']);
  });

  it('[AD12] an AppSign that is not active opens no door', () => {
    const keys = makeKeys({ appSignActive: false });
    expect(verify({ appSignProof: proof }, keys).appSign).toBe('bad');
    expect(verify({}, keys).appSign).toBe('none');
  });
});

describe('token', () => {
  it('[AD3a] an expired token gives what it says: identity comes before the clock', () => {
    const token = seal({ ctime: nowSeconds - 7_200, seconds: 60 });
    expect(verify({ token }).token).toMatchObject({
      state: 'opened',
      token: { ...subject, roomId: undefined, keyId: 'k1', format: '04-gcm', cbc: undefined },
    });
  });

  it('[AD4] a text that is no token needs no key to be told', () => {
    const sealed = seal();
    const texts = [
      `05${sealed.slice(2)}`,
      `04${'A'.repeat(8190)}`,
      '04!!!!',
      sealed.slice(0, 26),
      `${sealed}#e30=`,
    ];
    const errors = ['tokenVersion', ...Array(4).fill('tokenFormat')];
    for (const keys of [makeKeys(), makeKeys({ withKey: false })]) {
      const found = texts.map((token) => verify({ token }, keys).token);
      expect(found).toEqual(errors.map((error) => ({ state: 'malformed', error })));
    }
  });

  it('[AD12] no key, another key, or a format that the key does not list: unopened', () => {
    const unopened = { state: 'unopened', format: '04-gcm', outerExpire: nowSeconds + 3_540 };
    const token = seal();
    expect(verify({ token }, makeKeys({ withKey: false })).token).toEqual(unopened);
    expect(verify({ token: seal({ key: otherSecret }) }).token).toEqual(unopened);
    expect(verify({ token }, makeKeys({ formats: ['04-cbc'] })).token).toEqual(unopened);
    expect(verify({ token }, makeKeys({ formats: ['04-gcm'] })).token.state).toBe('opened');
  });

  it('[AD1] an empty token or proof is none', () => {
    expect(verify({ token: '', appSignProof: '' })).toEqual({ token: { state: 'none' }, appSign: 'none' });
  });

  it('[TK12] says of a CBC token which stricter rules it would pass', () => {
    const iv = new Uint8Array(16);
    const times = `"ctime":${nowSeconds},"expire":${nowSeconds + 60}`;
    const json = (text: string): string =>
      sealJson({ format: '04-cbc', json: text, outerExpire: nowSeconds + 60, key, iv });
    const appFirst = json(`{"app_id":4000000001,"nonce":1,"user_id":"alice",${times}}`);
    const javaOrder = json(
      `{"user_id":"alice","expire":${nowSeconds + 60},"ctime":${nowSeconds},"app_id":4000000001,"nonce":1}`,
    );
    const rules = [seal({ format: '04-cbc' }), seal({ format: '03-cbc' }), appFirst, javaOrder].map(
      (token) => {
        const found = verify({ token }).token;
        return found.state === 'opened' ? found.token.cbc : found;
      },
    );
    expect(rules).toEqual([
      { appIdFirst: true, strictShape: true },
      { appIdFirst: true, strictShape: true },
      { appIdFirst: true, strictShape: false },
      { appIdFirst: false, strictShape: true },
    ]);
  });

  it('[AD7] reads privileges: none, not a payload, given, and of a token03', () => {
    const payload = privilegePayload({ roomId: 'room-1', login: true, publish: false, streamIds: ['s1'] });
    const wishes = [{}, { payload: 'hello' }, { payload }, { format: '03-cbc', publish: false } as const];
    const found = wishes.map((wish) => {
      const evidence = verify({ token: seal(wish) }).token;
      return evidence.state === 'opened' ? evidence.token.privileges : undefined;
    });
    const given = { kind: 'given', roomId: 'room-1', login: true, publish: false, audience: null };
    expect(found).toEqual([
      { kind: 'none' },
      { kind: 'invalid' },
      { ...given, streamIds: ['s1'] },
      { ...given, streamIds: null },
    ]);
  });
});
