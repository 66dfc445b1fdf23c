import { expect, it } from 'vitest';
import { KeyUse } from './key-use.ts';

const now = 1_795_488_930_000;

it('[AD12] the share of each secret is of the last hour, the last opening is kept', () => {
  const use = new KeyUse();
  use.noteOpened(7, 'old', now - 2 * 3_600_000);
  for (let at = 0; at < 3; at += 1) use.noteOpened(7, 'k1', now - at * 60_000);
  use.noteOpened(7, 'k2', now);
  expect(use.uses(7, now)).toMatchObject([
    { secretId: 'old', opened: 1, openedLastHour: 0, share: 0 },
    { secretId: 'k1', opened: 3, openedLastHour: 3, share: 0.75, lastOpenedAt: now },
    { secretId: 'k2', opened: 1, share: 0.25 },
  ]);
  expect(use.lastOpenedAt(7, 'old')).toBe(now - 2 * 3_600_000);
  expect(use.lastOpenedAt(8, 'k1')).toBeUndefined();
  use.forget(7, 'k1');
  expect(use.lastOpenedAt(7, 'k1')).toBeUndefined();
});
