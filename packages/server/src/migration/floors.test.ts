import { describe, expect, it } from 'vitest';
import { canUseTokens, compareVersions, floors } from './floors.ts';

const client = (product: string, platform: string, sdkVersion: string) =>
  canUseTokens({ product, platform, sdkVersion });

describe('floors', () => {
  it.each(floors.map((floor) => [floor.platform, floor.version, floor] as const))(
    '[AD6] %s can use tokens at %s and not just below',
    (platform, version, floor) => {
      const product = { express: 'video', superBoard: 'super-board', board: 'board', files: 'files' }[
        floor.product
      ];
      expect(client(product, platform, version)).toBe('yes');
      expect(client(product, platform, `${version}.0`)).toBe('yes');
      expect(client(product, platform, '0.0.1')).toBe('no');
      expect(floor.source).not.toBe('');
    },
  );

  it('[AD6] versions are compared as numbers, part by part', () => {
    expect(compareVersions('2.9.0', '2.17.0')).toBeLessThan(0);
    expect(compareVersions('2.17', '2.17.0')).toBe(0);
    expect(client('video', 'ios', '2.9.0')).toBe('no');
    expect(client('video', 'ios', '10.0')).toBe('yes');
  });

  it('[AD6] what is not listed is unknown, never unable', () => {
    expect(client('video', 'server', '9.9.9')).toBe('unknown');
    expect(client('unknown', 'ios', '9.9.9')).toBe('unknown');
    expect(client('video', 'ios', 'other')).toBe('unknown');
  });

  it('[AD6] recorder versions are hashes, ordered by their release', () => {
    expect(client('recorder', 'linux', 'g709410abf')).toBe('no');
    expect(client('recorder', 'linux', 'ga01596a1c8')).toBe('yes');
    expect(client('recorder', 'linux', 'g52a08f9ad6')).toBe('yes');
    expect(client('recorder', 'linux', 'gffffffffff')).toBe('unknown');
  });
});
