import { describe, expect, test } from 'vitest';
import { closeCodes } from './close-codes.ts';
import { errorFacts, isErrorName, type RoomkeyErrorName } from './error-facts.ts';
import { type ErrorRow, errorByName, errorTable, findError } from './error-table.ts';

const han = /\p{Script=Han}/u;
const fullWidth = /[，。；：？！（）、“”]/u;

/** What is wrong with the texts of a row; none when they are fit to show. */
function textFaults({ en, zh }: Pick<ErrorRow, 'en' | 'zh'>): string[] {
  const faults: string[] = [];
  if (!/^[A-Z].*\.$/u.test(en)) faults.push('en is not a sentence');
  if ((en.match(/[.;](?: |$)/gu) ?? []).length < 2) faults.push('en does not say what to do');
  if (han.test(en) || fullWidth.test(en)) faults.push('en holds Chinese');
  if (!/\p{Script=Han}.*。$/u.test(zh)) faults.push('zh is not a sentence');
  if (!zh.includes('请') && !zh.includes('会') && !zh.includes('没有作用'))
    faults.push('zh does not say what to do');
  if (/[,;:?!()]/u.test(zh) || /\.(?!\d)/u.test(zh)) faults.push('zh mixes punctuation');
  if (/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u.test(zh)) faults.push('zh lacks a space');
  return faults;
}

describe('the error table', () => {
  test('[AD4] names are unique, and a name resolves to its own row', () => {
    expect(new Set(errorTable.map((row) => row.name)).size).toBe(errorTable.length);
    for (const row of errorTable) expect(errorByName(row.name)).toEqual(row);
  });

  test.each(errorTable.map((row) => [row.name, row] as const))(
    '[AD4] %s is complete in both languages',
    (_, row) => {
      expect(textFaults(row)).toEqual([]);
      expect(row.code).toBeGreaterThan(0);
      expect(row.httpStatus).toBeGreaterThanOrEqual(400);
      expect(row.httpStatus).toBeLessThan(600);
      expect(row.source === 'roomkey').toBe(row.vendorName === undefined);
      expect(row.code >= 900_000 && row.code < 1_000_000).toBe(row.source === 'roomkey');
    },
  );

  test('[AD4] the check of texts can fail', () => {
    const good = errorByName('tokenExpired');
    expect(textFaults({ ...good, zh: 'Token 已过期, 请重新获取。' })).toEqual(['zh mixes punctuation']);
    expect(textFaults({ ...good, zh: '请重新获取Token 后再试。' })).toEqual(['zh lacks a space']);
    expect(textFaults({ ...good, en: 'The Token has expired.' })).toEqual(['en does not say what to do']);
  });

  test.each([
    ['noToken', 1002067],
    ['appSignIncorrect', 1001005],
    ['appSignMissing', 1001003],
    ['tokenVersion', 1002079],
    ['tokenFormat', 1002075],
    ['tokenUnopened', 1002033],
    ['tokenApp', 1002076],
    ['tokenUser', 1002077],
    ['tokenExpired', 1002078],
    ['tokenNonceType', 1002080],
    ['revoked', 1002074],
    ['notYetValid', 1002074],
    ['otherRoom', 1002074],
    ['loginBitMissing', 1002074],
    ['basicTokenRefused', 1002074],
    ['wrongAudience', 1002074],
    ['staleToken', 1002074],
    ['tokenOther', 1002074],
    ['renewLosesPublish', 1002082],
    ['notInRoom', 1002002],
    ['userForbidden', 1002066],
    ['roomFull', 1002034],
    ['kickedElsewhere', 1002050],
    ['kickedByServer', 1002055],
    ['kickedTokenExpired', 1002056],
    ['userElsewhere', 1002086],
    ['rulesUnsettled', 1002030],
    ['streamDuplicate', 1003028],
    ['publishRefused', 1003072],
    ['playRefused', 1004003],
    ['roomCallsTooFrequent', 1002072],
  ] satisfies [RoomkeyErrorName, number][])(
    '[AD4] %s has the number %i of the published list',
    (name, code) => {
      expect(errorByName(name).code).toBe(code);
    },
  );

  test('[AD4] a number is found as its most general meaning; a strange one is not found', () => {
    expect(findError(1002074)?.name).toBe('tokenOther');
    expect(findError(1002033)?.name).toBe('tokenUnopened');
    expect(findError(1)).toBeUndefined();
  });

  test('[AD4] one number has one vendor name, and a general row before its narrower ones', () => {
    for (const row of errorTable) {
      const first = findError(row.code);
      expect(first?.vendorName).toBe(row.vendorName);
      if (row.source === 'vendor') expect(first?.name).toBe(row.name);
    }
  });

  test('[WS12] a close code of a row is one of the close table', () => {
    const known: number[] = Object.values(closeCodes).map((row) => row.code);
    const used = errorTable.flatMap((row) => (row.closeCode === undefined ? [] : [row.closeCode]));
    expect(used.length).toBeGreaterThan(5);
    for (const code of used) expect(known).toContain(code);
  });

  test('[AD4] a name from outside is asked for first: inherited names are none of ours', () => {
    expect(isErrorName('revoked')).toBe(true);
    expect(isErrorName('toString')).toBe(false);
    expect(isErrorName('__proto__')).toBe(false);
    expect(() => errorByName('toString' as RoomkeyErrorName)).toThrow(TypeError);
  });

  test('[AD4] every row comes from the facts and none is lost', () => {
    expect(errorTable.map((row) => row.name)).toEqual(Object.keys(errorFacts));
  });
});
