import type { Language } from './language.ts';
import { commandPhrases } from './phrases/command-phrases.ts';
import { failurePhrases } from './phrases/failure-phrases.ts';
import { optionPhrases } from './phrases/option-phrases.ts';
import { outputPhrases } from './phrases/output-phrases.ts';
import { serverPhrases } from './phrases/server-phrases.ts';

type Phrases = typeof commandPhrases &
  typeof optionPhrases &
  typeof failurePhrases &
  typeof outputPhrases &
  typeof serverPhrases;

const phrases: Phrases = {
  ...commandPhrases,
  ...optionPhrases,
  ...failurePhrases,
  ...outputPhrases,
  ...serverPhrases,
};

/** The name of a phrase in the dictionary. */
export type PhraseKey = keyof Phrases;

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** What a phrase has to be filled with: one value per `{name}` in its English text, or nothing at all. */
export type Filling<Key extends PhraseKey> = [Names<Phrases[Key][0]>] extends [never]
  ? []
  : [values: Readonly<Record<Names<Phrases[Key][0]>, string | number>>];

/** A text that is there in every language. */
export type Sentence = (language: Language) => string;

/** A phrase of the dictionary, filled, in whatever language it will be asked for (LK4). */
export function sentence<Key extends PhraseKey>(key: Key, ...filling: Filling<Key>): Sentence {
  const values: Readonly<Record<string, string | number>> = filling[0] ?? {};
  const [en, zh] = phrases[key];
  return (language) =>
    (language === 'zh' ? zh : en).replace(/\{([A-Za-z]+)\}/g, (_, name: string) => String(values[name]));
}

/** Every phrase in both languages: for the test that holds them equal. */
export function allPhrases(): ReadonlyMap<string, readonly [en: string, zh: string]> {
  return new Map(Object.entries(phrases));
}
