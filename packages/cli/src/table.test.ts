import { describe, expect, it } from 'vitest';
import { cleanText, safeJson } from './clean-text.ts';
import { formatDuration } from './format-time.ts';
import { alignRows, displayWidth } from './table.ts';
import { runTyped } from './testing/run-typed.ts';

describe('tables', () => {
  it('[CLI3] align columns by what a terminal shows: Han takes two', () => {
    expect(displayWidth('用户a')).toBe(5);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(
      alignRows([
        ['用户', 'x'],
        ['abcdef', 'y'],
        ['z', 'w'],
      ]),
    ).toEqual(['用户    x', 'abcdef  y', 'z       w']);
  });

  it('[SC2a] strip control and bidi characters of what clients named', () => {
    const hostile = 'a\u001b[2Jb\u009b31mc\u202ed\u2066e\u200ff\u0007g\r\nh\u061ci\u2028j';
    const [line] = alignRows([[hostile, 'x']]);
    expect(line).toBe('a[2Jb31mcdefghij  x');
    expect(cleanText('plain 用户 é')).toBe('plain 用户 é');
  });

  it('[SC2a] JSON escapes them instead, so that programs lose nothing', () => {
    const hostile = 'a\u001b\u009b\u202e\u007f"\\';
    const text = safeJson({ hostile });
    expect(text).toMatch(/^[\u0020-\u007e]*$/);
    expect(JSON.parse(text)).toEqual({ hostile });
  });

  it('[CLI3] use no colour unless standard output is a terminal', async () => {
    const argv = ['token', 'peek', 'nonsense'];
    expect((await runTyped(argv)).out).not.toContain('\u001b[');
    expect((await runTyped(argv, { colour: true })).out).toContain('\u001b[31m');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s', '0 秒'],
    [29, '29 s', '29 秒'],
    [60, '1 min', '1 分钟'],
    [240, '4 min', '4 分钟'],
    [7_200, '2 h', '2 小时'],
    [86_400, '24 h', '24 小时'],
    [30 * 86_400, '30 d', '30 天'],
    [15 * 31_536_000, '15 y', '15 年'],
  ])('[CLI3] %i s is %s, %s', (seconds, en, zh) => {
    expect([formatDuration(seconds, 'en'), formatDuration(seconds, 'zh')]).toEqual([en, zh]);
  });
});
