import { expect, test } from 'vitest';
import { FakeClock } from '#testing';
import { createFailedAttempts, failedAttemptRate } from './failed-attempts.ts';

test('[SC5] an address waits after ten failures in a minute, and may go on later; others are not touched', async () => {
  const clock = new FakeClock();
  const attempts = createFailedAttempts(clock);
  const counts = Array.from({ length: failedAttemptRate.count + 1 }, () => attempts.count('a'));
  expect(counts.slice(0, -1).every((waitMs) => waitMs === 0)).toBe(true);
  const waitMs = counts.at(-1) ?? 0;
  expect(waitMs).toBeGreaterThan(0);
  expect(attempts.count('b')).toBe(0);
  await clock.advance(waitMs);
  expect(attempts.count('a')).toBe(0);
});

test('[SC2] a flood from many addresses is held in bounded memory', () => {
  const attempts = createFailedAttempts(new FakeClock());
  for (let at = 0; at < 20_000; at += 1) attempts.count(`address ${at}`);
  expect(attempts.size).toBe(10_000);
});
