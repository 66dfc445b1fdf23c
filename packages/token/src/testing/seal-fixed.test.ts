import { expect, it } from 'vitest';
import { createKeyring } from '../keyring.ts';
import { openToken } from '../open-token.ts';
import { createTokenKey } from '../token-key.ts';
import { sealFixed } from './seal-fixed.ts';

const SECRET = '12345678900987654321123456789012';
const NOW = 1700000000;
const BASE = { appId: 1234567890, userId: 'demo', key: SECRET, seconds: 3600, nonce: '42', nowSeconds: NOW };
const CBC_IV = Buffer.from('0123456789abcdef');
const GCM_IV = Buffer.from('000102030405060708090a0b', 'hex');

// The three reference tokens of the fact sheet, §1.7, computed by another implementation.
const V04CBC =
  '04AAAAAGVT/xAAEDAxMjM0NTY3ODlhYmNkZWYAcNj+9uGIz/7I4oSQtPDy2Ce3ubrrzCxeebEbJ0SR46BX/S2tKCkf3hdOXpyIu26fpeRzRLK2QWtRQ2URESL0lL4zEeUlNwS926pPSTBqj3AokFn7HHGLOjhhEqBwgGXgzRYs3SLyWrGJ6RamPoMVNvU=';
const V03CBC =
  '03AAAAAGVT/xAAEDAxMjM0NTY3ODlhYmNkZWYAkNj+9uGIz/7I4oSQtPDy2Cd2c4h/QhVXDFzJaoQ59lqCSRBO+9VIlMRUuOSGG2j5YSaQO/PrMvqNwS9WbyGs6k0uKsPLuZLNgGuoIbiZyr3lY5wFqIwjCaM6GnyQLqA/YI85JNaTKUJyrFVTDWvDbqtsg7L9d8Vqhomxtie5pzxcKWdbG2horSmGU27tPweUVw==';
const V04GCM =
  '04AAAAAGVT/xAADAABAgMEBQYHCAkKCwB19ObQvC/2gFKCck5HtSXBhhzAF2Vlg+Y/vGlftUiDENn8DGAhLV8LV9FsfqQ7vtsdojvuiDQjzoXfC/UrEAF4cp8BmsVp+7d3GGuJX+ZEP74+kLC2UHhuJ3dM8tDpF3z5DtN5XBKUfIZ84aSC2k9ZdbFMM650AQ==';

it('[TK8] fixed IV, nonce and time make the reference tokens byte for byte', () => {
  expect(sealFixed({ ...BASE, format: '04-cbc', iv: CBC_IV })).toBe(V04CBC);
  expect(sealFixed({ ...BASE, format: '04-gcm', iv: GCM_IV })).toBe(V04GCM);
  const room = { roomId: 'room1', privilege: { canLoginRoom: true, canPublishStream: false } };
  expect(sealFixed({ ...BASE, ...room, format: '03-cbc', iv: CBC_IV })).toBe(V03CBC);
  expect(sealFixed({ ...BASE, format: '04-cbc', iv: CBC_IV, nonce: '43' })).not.toBe(V04CBC);
});

it('[TK1] the reference tokens have the frame of TK1: expiry, IV, ciphertext, and mode 1 only in GCM', () => {
  const cbc = Buffer.from(V04CBC.slice(2), 'base64');
  expect(cbc.readBigInt64BE(0)).toBe(1700003600n);
  expect([cbc.readUInt16BE(8), cbc.readUInt16BE(26), cbc.length]).toEqual([16, 0x70, 28 + 0x70]);
  const gcm = Buffer.from(V04GCM.slice(2), 'base64');
  expect([gcm.readUInt16BE(8), gcm.readUInt16BE(22), gcm.length]).toEqual([12, 0x75, 24 + 0x75 + 1]);
  expect(gcm.at(-1)).toBe(1);
  const keyring = createKeyring([createTokenKey({ id: 'k1', secret: SECRET })]);
  const withMode0 = `04${Buffer.concat([cbc, Buffer.of(0)]).toString('base64')}`;
  expect(openToken(withMode0, keyring, NOW)).toMatchObject({ ok: true, format: '04-cbc' });
  const mode1As03 = `03${V04GCM.slice(2)}`;
  expect(openToken(mode1As03, keyring, NOW)).toMatchObject({ reason: 'format', check: 'frame' });
});

it('[TK3] the reference tokens say what was sealed', () => {
  const keyring = createKeyring([createTokenKey({ id: 'k1', secret: SECRET })]);
  const times = { ctime: NOW, expire: NOW + 3600 };
  const user = { appId: 1234567890, userId: 'demo', nonce: '42', ...times };
  for (const token of [V04CBC, V04GCM]) {
    expect(openToken(token, keyring, NOW)).toMatchObject({ claims: { version: '04', ...user, payload: '' } });
  }
  const privilege = { login: true, publish: false };
  const claims = { version: '03', roomId: 'room1', privilege, ...user };
  expect(openToken(V03CBC, keyring, NOW)).toMatchObject({ claims });
});
