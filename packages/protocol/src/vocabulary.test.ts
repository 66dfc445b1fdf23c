import { expect, test } from 'vitest';
import {
  platformOf,
  productOf,
  protocolVersion,
  roomStateReasons,
  signalPath,
  streamDeleteReasons,
  subprotocol,
  versionOf,
} from './vocabulary.ts';

test('[WS1] the path and the subprotocol', () => {
  expect([signalPath, subprotocol, protocolVersion]).toEqual(['/v1/signal', 'roomkey.v1', 1]);
});

test('[MG1a] platforms and products are closed lists', () => {
  expect(platformOf('web')).toBe('web');
  expect(platformOf('toaster')).toBe('unknown');
  expect(platformOf('__proto__')).toBe('unknown');
  expect(productOf('recorder')).toBe('recorder');
  expect(productOf('x'.repeat(64))).toBe('unknown');
});

test.each([
  ['3.22.0', '3.22.0'],
  ['2', '2'],
  ['', 'other'],
  ['3.22.0-beta', 'other'],
  ['3..2', 'other'],
  ['.3', 'other'],
  ['3.', 'other'],
  ['ga01596a1c8', 'other'],
  ['1.'.repeat(16).concat('1'), 'other'],
])('[MG1a] the version %j counts as %s', (said, counted) => {
  expect(versionOf(said)).toBe(counted);
});

test('[RM3] streams end for six reasons, with the published numbers', () => {
  expect(Object.values(streamDeleteReasons)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(roomStateReasons.kickOut).toBe(6);
});
