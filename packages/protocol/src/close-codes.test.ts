import { expect, test } from 'vitest';
import { closeCodes } from './close-codes.ts';

test.each([
  ['normal', 4000, 'never'],
  ['slow', 4008, 'resumeNow'],
  ['protocol', 4400, 'never'],
  ['notAdmitted', 4401, 'resumeAfter'],
  ['refused', 4403, 'never'],
  ['idle', 4408, 'resumeNow'],
  ['replaced', 4409, 'never'],
  ['leaseEnded', 4410, 'newToken'],
  ['revoked', 4411, 'never'],
  ['tooMany', 4429, 'resumeAfter'],
  ['internal', 4500, 'resumeAfter'],
  ['draining', 4503, 'resumeAfter'],
] as const)('[WS12] %s closes with %i and the client then does: %s', (name, code, policy) => {
  expect(closeCodes[name]).toMatchObject({ code, clientPolicy: policy });
});

test('[WS12] the table has twelve rows, unique numbers, and reasons that fit a close frame', () => {
  const rows = Object.values(closeCodes);
  expect(rows).toHaveLength(12);
  expect(new Set(rows.map((row) => row.code)).size).toBe(12);
  for (const row of rows) expect(new TextEncoder().encode(row.reason).length).toBeLessThanOrEqual(123);
});
