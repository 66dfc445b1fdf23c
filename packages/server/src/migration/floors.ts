import type { Platform, Product } from '@roomkey/protocol';

/** From which version on a platform's SDK line can log in with a token and without AppSign (AD6). */
export interface Floor {
  readonly product: 'express' | 'superBoard' | 'board' | 'files';
  readonly platform: Platform;
  readonly version: string;
  /** Where the fact was published. */
  readonly source: string;
}

const guide = "the vendor's guide for moving from AppSign to Token";
const express = (platform: Platform, version: string, source = guide): Floor => ({
  product: 'express',
  platform,
  version,
  source,
});

/** The floors that are published; a platform that is not listed is unknown, never unable (AD6). */
export const floors: readonly Floor[] = [
  express('ios', '2.17.0'),
  express('android', '2.17.0'),
  express('macos', '2.17.0'),
  express('windows', '2.17.0'),
  express('unity', '2.17.0'),
  express('flutter', '2.17.1'),
  express('react-native', '0.17.0'),
  express('uni-app', '1.5.0'),
  express('electron', '2.17.3'),
  express('linux', '2.17.3'),
  express('web', '2.6.0', "the vendor's web release notes: token only, token03 from here on"),
  express('mini-program', '2.10.0', "the vendor's mini program release notes: token04 from here on"),
  { product: 'superBoard', platform: 'ios', version: '2.3.0', source: guide },
  { product: 'superBoard', platform: 'android', version: '2.3.0', source: guide },
  { product: 'board', platform: 'ios', version: '2.3.0', source: guide },
  { product: 'board', platform: 'android', version: '2.3.0', source: guide },
  { product: 'board', platform: 'electron', version: '2.1.6', source: guide },
  { product: 'files', platform: 'ios', version: '2.3.0', source: guide },
  { product: 'files', platform: 'android', version: '2.3.0', source: guide },
  { product: 'files', platform: 'electron', version: '2.1.6', source: guide },
];

/**
 * Releases of the local server recorder in the order they came: their versions are commit hashes. From the last one on
 * it needs no AppSign (published with its downloads).
 */
export const recorderReleases: readonly string[] = ['g709410abf', 'ga01596a1c8', 'g52a08f9ad6'];
const firstRecorderWithoutAppSign = 'ga01596a1c8';

const lines: Readonly<Record<Product, Floor['product'] | 'recorder' | undefined>> = {
  video: 'express',
  voice: 'express',
  live: 'express',
  'super-board': 'superBoard',
  board: 'board',
  files: 'files',
  recorder: 'recorder',
  unknown: undefined,
};

/** Compares versions of digits and dots, part by part as numbers: negative, 0 or positive. Missing parts are 0. */
export function compareVersions(one: string, other: string): number {
  const [ours, theirs] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const difference = (ours[at] ?? 0) - (theirs[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// Our own SDKs count their versions from 0.1, which says nothing about the vendor's floors.
const ownSdkPrefix = 'roomkey-';

/**
 * Whether the SDK a client names can use tokens (AD6). Unlisted platforms and unreadable versions are unknown; `sdk` is
 * the SDK's own name as said in `hello`: Roomkey's own ones are always able.
 */
export function canUseTokens(client: {
  readonly platform: string;
  readonly product: string;
  readonly sdkVersion: string;
  readonly sdk?: string;
}): 'yes' | 'no' | 'unknown' {
  if (client.sdk?.startsWith(ownSdkPrefix)) return 'yes';
  const line = Object.hasOwn(lines, client.product) ? lines[client.product as Product] : undefined;
  if (line === 'recorder') return canRecorder(client.sdkVersion);
  const floor = floors.find(({ product, platform }) => product === line && platform === client.platform);
  if (floor === undefined || !/^[0-9]+(?:\.[0-9]+)*$/.test(client.sdkVersion)) return 'unknown';
  return compareVersions(client.sdkVersion, floor.version) >= 0 ? 'yes' : 'no';
}

function canRecorder(version: string): 'yes' | 'no' | 'unknown' {
  const at = recorderReleases.indexOf(version);
  if (at < 0) return 'unknown';
  return at >= recorderReleases.indexOf(firstRecorderWithoutAppSign) ? 'yes' : 'no';
}
