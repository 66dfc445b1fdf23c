import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyring, createTokenKey, openToken } from './index.ts';
import { readOwnWriting } from './read-own-writing.ts';
import { openCounted, sealJson } from './testing.ts';

const NOW = 1700000000;
const key = createTokenKey({ id: 'k1', secret: '12345678900987654321123456789012' });
const keyring = createKeyring([key]);
const own = `{"app_id":7,"user_id":"demo","nonce":-42,"ctime":${NOW},"expire":${NOW + 60},"payload":"{\\"1\\":1}"}`;

it('[TK19] a text as this package writes it is read without a scan, any other is left to the scanner', () => {
  expect(readOwnWriting(own)).toMatchObject({ appId: 7, userId: 'demo', nonce: '-42', payload: '{"1":1}' });
  const others = [
    own.replace('{', '{ '),
    own.replace('"nonce":-42', '"nonce":-0'),
    own.replace(':7', ':7.0'),
    own.replace('demo', 'd\\u0065mo'),
    own.replace('"app_id":7', '"app_id":7,"app_id":7'),
    own.replace('"app_id":7', '"app_id":8,"app_id":7'),
    own.replace('"app_id":7', '"__proto__":{},"app_id":7'),
    own.replace('"{\\"1\\":1}"', 'null'),
    own.replace('"demo"', '""'),
    own.replace('demo', '\\ud800'),
    own.replace(':7', ':0'),
    own.replace('-42', '2147483648'),
    `${own} `,
    '',
    'null',
    '[]',
  ];
  for (const text of others) expect(readOwnWriting(text), text).toBeUndefined();
});

it('[TK11] with and without the scan, a GCM token of any text comes out the same', () => {
  const pieces = [
    '',
    ' ',
    '"',
    '\\',
    ',',
    '0',
    '-',
    '{',
    '}',
    '\u0001',
    '\ufffd',
    '"x":1,',
    '"app_id":7,',
    'é',
  ];
  const changed = fc
    .tuple(fc.nat(own.length), fc.nat(2), fc.constantFrom(...pieces))
    .map(([at, cut, piece]) => own.slice(0, at) + piece + own.slice(at + cut));
  let opened = 0;
  fc.assert(
    fc.property(changed, (json) => {
      const iv = Buffer.alloc(12);
      const token = sealJson({ format: '04-gcm', json, outerExpire: NOW + 60, key, iv });
      const result = openToken(token, keyring, NOW);
      // Counting goes by the scanner always.
      expect(result).toEqual(openCounted(token, keyring, NOW).result);
      opened += Number(result.ok);
    }),
    { numRuns: 2000 },
  );
  expect(opened).toBeGreaterThan(0);
});
