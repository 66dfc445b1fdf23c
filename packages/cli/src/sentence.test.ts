import { describe, expect, it } from 'vitest';
import { allPhrases, sentence } from './sentence.ts';

const fillingsOf = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted();

// Words that are the same in both languages: names of the product and of the vendor's terms.
const sameInBoth = new Set(['appOption']);

describe('the dictionary', () => {
  const phrases = [...allPhrases()];

  it('[CLI3] has every phrase in both languages, with the same fillings', () => {
    expect(phrases.length).toBeGreaterThan(150);
    for (const [key, [en, zh]] of phrases) {
      expect(en.trim(), key).not.toBe('');
      expect(zh.trim(), key).not.toBe('');
      expect(fillingsOf(zh), key).toEqual(fillingsOf(en));
      expect(en, key).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it('[CLI3] is translated, not copied: Chinese phrases hold Chinese', () => {
    const copied = phrases.filter(([key, [en, zh]]) => zh === en && !sameInBoth.has(key)).map(([key]) => key);
    expect(copied).toEqual([]);
  });

  it('[CLI3] writes Chinese with a space to Latin words and full-width punctuation', () => {
    for (const [key, [, zh]] of phrases) {
      const text = zh.replace(/\{\w+\}/g, '');
      expect(text, key).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
      expect(text, key).not.toMatch(/\p{Script=Han}[,;:!?()]|[,;:!?()]\p{Script=Han}/u);
      expect(text, key).not.toMatch(/房卡|认证(?! Token)/);
    }
  });

  it('[CLI3] fills phrases in either language', () => {
    const text = sentence('tooManyKeys', { count: 5 });
    expect(text('en')).toContain('5 server secrets');
    expect(text('zh')).toContain('5 个');
  });
});
