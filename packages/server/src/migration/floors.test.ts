import { describe, expect, it } from 'vitest';
import { canUseTokens, compareVersions, floors } from './floors.ts';

const client = (product: string, platform: string, sdkVersion: string) =>
  canUseTokens({ product, platform, sdkVersion });

// Written out apart from the data, so that a changed row of the data is seen.
const published = [
  ['video', 'ios', '2.16.9', '2.17.0'],
  ['video', 'android', '2.16.9', '2.17.0'],
  ['video', 'macos', '2.16.9', '2.17.0'],
  ['video', 'windows', '2.16.9', '2.17.0'],
  ['video', 'unity', '2.16.9', '2.17.0'],
  ['video', 'flutter', '2.17.0', '2.17.1'],
  ['video', 'react-native', '0.16.9', '0.17.0'],
  ['video', 'uni-app', '1.4.9', '1.5.0'],
  ['video', 'electron', '2.17.2', '2.17.3'],
  ['video', 'linux', '2.17.2', '2.17.3'],
  ['video', 'web', '2.5.9', '2.6.0'],
  ['video', 'mini-program', '2.9.9', '2.10.0'],
  ['super-board', 'ios', '2.2.9', '2.3.0'],
  ['super-board', 'android', '2.2.9', '2.3.0'],
  ['board', 'ios', '2.2.9', '2.3.0'],
  ['board', 'android', '2.2.9', '2.3.0'],
  ['board', 'electron', '2.1.5', '2.1.6'],
  ['files', 'ios', '2.2.9', '2.3.0'],
  ['files', 'android', '2.2.9', '2.3.0'],
  ['files', 'electron', '2.1.5', '2.1.6'],
] as const;

describe('floors', () => {
  it.each(published)(
    '[AD6] %s on %s cannot use tokens at %s and can at %s',
    (product, platform, below, at) => {
      expect(client(product, platform, below)).toBe('no');
      expect(client(product, platform, at)).toBe('yes');
      expect(client(product, platform, `${at}.1`)).toBe('yes');
    },
  );

  it('[AD6] every floor names its source, and none is left out above', () => {
    expect(floors).toHaveLength(published.length);
    for (const floor of floors) expect(floor.source).not.toBe('');
  });

  it('[AD6] voice and live are the same SDK line as video', () => {
    expect(client('voice', 'ios', '2.17.0')).toBe('yes');
    expect(client('live', 'ios', '2.16.9')).toBe('no');
  });

  it('[AD6] versions are compared as numbers, part by part', () => {
    expect(compareVersions('2.9.0', '2.17.0')).toBeLessThan(0);
    expect(compareVersions('2.17', '2.17.0')).toBe(0);
    expect(compareVersions('2.17.0.1', '2.17')).toBeGreaterThan(0);
    expect(client('video', 'ios', '2.9.0')).toBe('no');
    expect(client('video', 'ios', '10.0')).toBe('yes');
  });

  it('[AD6] what is not listed is unknown, never unable', () => {
    expect(client('video', 'server', '0.0.1')).toBe('unknown');
    expect(client('files', 'flutter', '0.0.1')).toBe('unknown');
    expect(client('unknown', 'ios', '0.0.1')).toBe('unknown');
    expect(client('constructor', 'ios', '0.0.1')).toBe('unknown');
    expect(client('video', 'ios', 'other')).toBe('unknown');
  });

  it('[AD6] recorder versions are hashes, ordered by their release', () => {
    expect(client('recorder', 'linux', 'g709410abf')).toBe('no');
    expect(client('recorder', 'linux', 'ga01596a1c8')).toBe('yes');
    expect(client('recorder', 'linux', 'g52a08f9ad6')).toBe('yes');
    expect(client('recorder', 'linux', 'gffffffffff')).toBe('unknown');
  });

  it("[AD6] Roomkey's own clients are always able", () => {
    const said = { product: 'video', platform: 'web', sdkVersion: '0.1.0' };
    expect(canUseTokens({ ...said, sdk: 'roomkey-web' })).toBe('yes');
    expect(canUseTokens({ ...said, sdk: 'some-web' })).toBe('no');
    expect(canUseTokens(said)).toBe('no');
  });
});
