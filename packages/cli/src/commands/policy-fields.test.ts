import { describe, expect, it } from 'vitest';
import { parsePolicyPairs, unknownFields } from './policy-fields.ts';

describe('fields of a policy as typed', () => {
  it('[CLI3] reads truth values, numbers, null, words and what happens on forcing', () => {
    const pairs = [
      'forced=true',
      'softMaxSeconds=null',
      'renewSkewSeconds=60',
      'expiry=hard',
      'onForce=endWithin:5',
    ];
    expect(parsePolicyPairs(pairs)).toEqual({
      forced: true,
      softMaxSeconds: null,
      renewSkewSeconds: 60,
      expiry: 'hard',
      onForce: { mode: 'endWithin', minutes: 5 },
    });
    expect(parsePolicyPairs(['onForce=keep'])).toEqual({ onForce: { mode: 'keep' } });
    expect(parsePolicyPairs(['onForce={"mode":"end"}'])).toEqual({ onForce: { mode: 'end' } });
  });

  it.each(['forced', '=true', 'onForce={bad}'])('[CLI3] refuses %s', (pair) => {
    expect(() => parsePolicyPairs([pair])).toThrow('usage');
  });

  it('[CF2] names every unknown field with the nearest one', () => {
    const known = ['forced', 'expiry', 'cbc'];
    expect(unknownFields({ force: true, expire: 'hard', cbc: 'deny' }, known)).toEqual([
      'force → forced',
      'expire → expiry',
    ]);
  });
});
