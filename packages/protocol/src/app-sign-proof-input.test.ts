import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AppSignProofFields, appSignProofInput } from './app-sign-proof-input.ts';

const fields: AppSignProofFields = {
  host: 'rtc.example.com:443',
  connectionId: 'c-1',
  verb: 'login',
  appId: 1234567890,
  roomId: 'room1',
  userId: 'demo',
  challenge: 'abc',
};

test('[AD2] the vector: every field, the label first, is its length as u16 big-endian and its bytes', () => {
  const expected = [
    ['0012', '726f6f6d6b65792d6170707369676e2d7631'],
    ['0013', '7274632e6578616d706c652e636f6d3a343433'],
    ['0003', '632d31'],
    ['0005', '6c6f67696e'],
    ['000a', '31323334353637383930'],
    ['0005', '726f6f6d31'],
    ['0004', '64656d6f'],
    ['0003', '616263'],
  ];
  const bytes = appSignProofInput(fields);
  expect(Buffer.from(bytes).toString('hex')).toBe(expected.flat().join(''));
  const appSign = Buffer.alloc(32, 0x0a);
  expect(createHmac('sha256', appSign).update(bytes).digest('base64')).toBe(
    'dctKr0Itprz82O8g/tw4U4xFKYvWeimhiR5efqQLQYg=',
  );
});

test('[AD2] a proof is bound to each of its fields', () => {
  const base = Buffer.from(appSignProofInput(fields)).toString('hex');
  const changes: Partial<AppSignProofFields>[] = [
    { host: 'evil.example.com:443' },
    { connectionId: 'c-2' },
    { verb: 'switchRoom' },
    { appId: 1 },
    { roomId: 'room2' },
    { userId: 'root' },
    { challenge: 'abd' },
  ];
  for (const change of changes) {
    expect(Buffer.from(appSignProofInput({ ...fields, ...change })).toString('hex')).not.toBe(base);
  }
});

test('[AD2] bytes moved from one field to the next give another input', () => {
  const one = appSignProofInput({ ...fields, roomId: 'ab', userId: 'c' });
  const other = appSignProofInput({ ...fields, roomId: 'a', userId: 'bc' });
  expect(one).not.toEqual(other);
});

test('[AD2] lengths count UTF-8 bytes', () => {
  const bytes = appSignProofInput({ ...fields, roomId: '房' });
  expect(Buffer.from(bytes).toString('hex')).toContain('0003e688bf');
});

test('[AD2] misuse is a TypeError that quotes no field', () => {
  expect(() => appSignProofInput({ ...fields, appId: 0 })).toThrow(TypeError);
  expect(() => appSignProofInput({ ...fields, appId: 1.5 })).toThrow(TypeError);
  expect(() => appSignProofInput({ ...fields, appId: 2 ** 32 })).toThrow(TypeError);
  const long = 'secret'.repeat(11_000);
  expect(() => appSignProofInput({ ...fields, challenge: long })).toThrow(
    /^a field of an AppSign proof is at most/,
  );
});
