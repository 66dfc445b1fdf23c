import { describe, expect, it } from 'vitest';
import { addressKeyOf, clientAddress, isLoopback, parseTrustedProxies } from './address.ts';

const { proxies } = parseTrustedProxies(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7']);
const { proxies: none } = parseTrustedProxies([]);
const read = (remoteAddress: string | undefined, forwardedFor?: string | string[], trusted = proxies) =>
  clientAddress({ remoteAddress, forwardedFor }, trusted);

describe('the address of a client', () => {
  it('[CF4] is the right-most forwarded hop that is no trusted proxy', () => {
    expect(read('10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(read('10.0.0.1', '198.51.100.1, 203.0.113.9, 10.2.3.4')).toBe('203.0.113.9');
    expect(read('192.0.2.7', '198.51.100.1, 203.0.113.9,10.2.3.4 ,2001:db8:1::5')).toBe('203.0.113.9');
    expect(read('10.0.0.1', ['198.51.100.1', '203.0.113.9'])).toBe('203.0.113.9');
  });

  it('[CF4] forwarding headers of others are ignored, so nobody chooses an address', () => {
    expect(read('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(read('10.0.0.1', '198.51.100.1', none)).toBe('10.0.0.1');
    expect(read('192.0.2.8', '198.51.100.1')).toBe('192.0.2.8');
    expect(read('10.0.0.1')).toBe('10.0.0.1');
    expect(read(undefined, '198.51.100.1')).toBe('');
  });

  it('[CF4] a hop that is no address ends the walk at the last one believed', () => {
    expect(read('10.0.0.1', 'unknown')).toBe('10.0.0.1');
    expect(read('10.0.0.1', '198.51.100.1, nonsense, 10.0.0.2')).toBe('10.0.0.2');
    expect(read('10.0.0.1', '198.51.100.1,,10.0.0.2')).toBe('10.0.0.2');
    expect(read('10.0.0.1', '')).toBe('10.0.0.1');
    expect(read('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
    expect(read('10.0.0.1', ',10.0.0.2')).toBe('10.0.0.2');
    expect(read('10.0.0.1', `198.51.100.1${', 10.0.0.2'.repeat(10_000)}`)).toBe('10.0.0.2');
  });

  it('[CF4] one client has one address, however it is written', () => {
    expect(read('::ffff:10.0.0.1', '::FFFF:203.0.113.9')).toBe('203.0.113.9');
    expect(read('::ffff:a00:1', '[2001:DB8:2::1]:443')).toBe('2001:db8:2::1');
    expect(read('10.0.0.1', '203.0.113.9:1234')).toBe('203.0.113.9');
    expect(read('fe80::1%eth0')).toBe('fe80::1');
  });
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4::/64'],
  ['', 'unknown'],
  ['not an address', 'unknown'],
])('[CF4][WS2] the bucket of %j is %s', (address, key) => {
  expect(addressKeyOf(address)).toBe(key);
});

it('[CF2] ranges that are none are named by their place', () => {
  const ranges = [
    '10.0.0.0/8',
    '10.0.0.0/33',
    'x',
    '::/129',
    '::/0',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '10.0.0.0/-1',
    '',
  ];
  expect(parseTrustedProxies(ranges).wrong).toEqual([1, 2, 3, 5, 6, 7, 8]);
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.example.com', false],
])('[CF3] %s is this machine alone: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is);
});
