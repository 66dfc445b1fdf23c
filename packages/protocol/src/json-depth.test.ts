import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonDepthWithin } from './json-depth.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test('[WS1] eight deep passes, nine does not', () => {
  expect(isJsonDepthWithin(nested(8), 8)).toBe(true);
  expect(isJsonDepthWithin(nested(9), 8)).toBe(false);
  expect(isJsonDepthWithin('{"a":'.repeat(9), 8)).toBe(false);
});

test('[WS1] brackets inside strings do not count, whatever is escaped', () => {
  expect(isJsonDepthWithin(`{"a":"${'['.repeat(50)}"}`, 8)).toBe(true);
  expect(isJsonDepthWithin(`{"a":"\\"${'{'.repeat(50)}"}`, 8)).toBe(true);
  // Control: here the string ends before the brackets.
  expect(isJsonDepthWithin(`{"a":"\\\\"${'{'.repeat(50)}`, 8)).toBe(false);
});

test('[WS1] brackets beside each other do not add up', () => {
  expect(isJsonDepthWithin(`[${Array.from({ length: 100 }, () => '{}').join(',')}]`, 2)).toBe(true);
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('[WS1] the scan agrees with the parsed depth of any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 7 }), (value, deepest) => {
      expect(isJsonDepthWithin(JSON.stringify(value), deepest)).toBe(depthOf(value) <= deepest);
    }),
  );
});
