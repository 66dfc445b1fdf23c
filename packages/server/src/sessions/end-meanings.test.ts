import { closeCodes, errorFacts } from '@roomkey/protocol';
import { describe, expect, it } from 'vitest';
import { endMeanings, meaningOf } from './end-meanings.ts';

describe('the meaning of an end', () => {
  it.each([
    ['leaseEnded', 1002056, 4410, 4],
    ['lapsedTooLong', 1002056, 4410, 4],
    ['appSignEnded', 1002056, 4410, 4],
    ['displaced', 1002050, 4409, 3],
    ['kicked', 1002055, 4403, 4],
    ['revoked', 1002057, 4411, 4],
    ['rules', 1002057, 4410, 4],
    ['resumeTicketReused', 1002057, 4411, 4],
    ['timeout', undefined, 4408, 2],
    ['logout', undefined, 4000, 1],
    ['switchRoom', undefined, 4000, 1],
    ['draining', undefined, 4503, 5],
    ['internal', 1002099, 4500, 5],
  ] as const)('[SE4][WS12] %s: code %s, close %i, streams with reason %i', (cause, code, close, streams) => {
    const meaning = endMeanings[cause];
    expect(meaning.kicked === undefined ? undefined : errorFacts[meaning.kicked][0]).toBe(code);
    expect([closeCodes[meaning.close].code, meaning.streams]).toEqual([close, streams]);
  });

  it('[SE10] an end by changed rules says with which error they refuse the session', () => {
    expect(meaningOf({ cause: 'rules', error: 'userForbidden' })).toEqual({
      ...endMeanings.rules,
      kicked: 'userForbidden',
    });
    expect(meaningOf({ cause: 'kicked', reason: 'rude' })).toEqual(endMeanings.kicked);
  });

  it('[WS12] a code that closes the whole connection closes with the same number', () => {
    for (const { kicked, close } of Object.values(endMeanings)) {
      const facts = kicked === undefined ? [] : errorFacts[kicked];
      if (facts[5] !== undefined) expect(facts[5]).toBe(closeCodes[close].code);
    }
  });
});
