import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSealer, type SealedPlace, SealedValueDamaged } from './sealer.ts';

const masterKey = createSecretKey(Buffer.alloc(32, 7));
const sealer = createSealer(masterKey);
const place: SealedPlace = { kind: 'serverSecret', appId: 7, id: 'k1' };
const bytes = Buffer.from('a secret of thirty-two bytes ...');

it('[SC3] what was sealed opens in its place, and looks different each time', () => {
  const sealed = sealer.seal(place, bytes);
  expect(sealer.open(place, sealed)).toEqual(bytes);
  expect(sealer.seal(place, bytes)).not.toEqual(sealed);
  expect(Buffer.from(sealed).includes(bytes)).toBe(false);
  expect(createSealer(masterKey).open(place, sealed)).toEqual(bytes);
});

it.each<[string, SealedPlace]>([
  ['app', { ...place, appId: 8 }],
  ['kind', { ...place, kind: 'appSign' }],
  ['id', { ...place, id: 'k2' }],
  ['border between app and id', { kind: 'serverSecret', appId: 71, id: 'k' }],
])('[SC3] a row copied to another %s does not open', (_what, other) => {
  const sealed = sealer.seal(place, bytes);
  expect(() => sealer.open(other, sealed)).toThrow(SealedValueDamaged);
});

it('[SC3] no byte of a sealed value can be changed, cut or added', () => {
  const sealed = sealer.seal(place, bytes);
  const changed = fc.tuple(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
    const other = Buffer.from(sealed);
    other[at] = (other[at] ?? 0) ^ by;
    return other;
  });
  const cut = fc.nat(sealed.length - 1).map((length) => sealed.subarray(0, length));
  const longer = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([sealed, more]));
  fc.assert(
    fc.property(fc.oneof(changed, cut, longer), (other) => {
      expect(() => sealer.open(place, other)).toThrow(SealedValueDamaged);
    }),
  );
});

it('[SC3] another master key opens nothing and has another check value and other fingerprints', () => {
  const other = createSealer(createSecretKey(randomBytes(32)));
  expect(() => other.open(place, sealer.seal(place, bytes))).toThrow(SealedValueDamaged);
  expect(other.checkValue).not.toBe(sealer.checkValue);
  expect(other.fingerprint(bytes)).not.toBe(sealer.fingerprint(bytes));
  expect(createSealer(masterKey).fingerprint(bytes)).toBe(sealer.fingerprint(bytes));
});

it('[SC3] each purpose has a key of its own', () => {
  const purposes = ['audit', 'audit ', 'seal serverSecret', 'check'];
  const keys = purposes.map((purpose) => sealer.subKey(purpose).export().toString('hex'));
  expect(new Set([...keys, masterKey.export().toString('hex')]).size).toBe(5);
  expect(sealer.subKey('audit').equals(createSealer(masterKey).subKey('audit'))).toBe(true);
});

it('a failure to open names the place and nothing sealed', () => {
  const failure = new SealedValueDamaged(place);
  expect(failure.message).toBe('the sealed serverSecret k1 of app 7 does not open');
  expect(() => createSealer(createSecretKey(randomBytes(16)))).toThrow(TypeError);
});
