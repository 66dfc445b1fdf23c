/**
 * Checks that every rule of spec/*.md has a test whose title begins with the rule's id.
 *
 * Prints the rules without a test, ids given twice, and ids in titles that no rule bears (those are
 * named but do not fail: a slip there always leaves its rule without a test). Suites that several
 * implementations share live outside *.test.ts files; their titles count where a test imports them.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const id = '[A-Z]{2,3}\\d{1,2}[a-z]?';
const ruleStart = new RegExp(`^(?:- )?\\*\\*(${id})\\*\\* `, 'gm');
// A title stands right after the call's opening bracket; `it.each(rows)(` ends in `)(`.
const title = new RegExp(
  `(?:\\b(?:it|test|describe)((?:\\.\\w+)*)|\\))\\s*\\(\\s*['"\`]((?:\\[${id}\\])+)`,
  'g',
);
const neverRuns = /\.(?:skip|todo|fails)\b/;
const skipFolder = (path) => /(?:^|[\\/])(?:node_modules|dist|\.git)$/.test(path);

const lineOf = (text, index) => text.slice(0, index).split('\n').length;
const find = (root, pattern) => globSync(pattern, { cwd: root, exclude: skipFolder }).sort();
const read = (root, file) => readFileSync(join(root, file), 'utf8');

/** The rules in force: id → where it stands; and the ids that stand twice. */
export function collectRules(root) {
  const rules = new Map();
  const twice = [];
  for (const file of find(root, 'spec/*.md')) {
    const text = read(root, file);
    for (const match of text.matchAll(ruleStart)) {
      const place = `${file}:${lineOf(text, match.index)}`;
      if (rules.has(match[1])) twice.push(`${match[1]} at ${rules.get(match[1])} and ${place}`);
      else rules.set(match[1], place);
    }
  }
  return { rules, twice };
}

/** The ids with which test titles of one text begin; `[AD3][AD3a] …` counts for both. */
export function idsInTitles(text) {
  return [...text.matchAll(title)]
    .filter((match) => !neverRuns.test(match[1] ?? ''))
    .flatMap((match) => match[2].slice(1, -1).split(']['));
}

/** Ids of all titles: id → the files that bear it. */
export function collectTitles(root) {
  const files = find(root, '{packages,test,issuers}/**/*.ts').filter((file) => !file.endsWith('.d.ts'));
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => [file, read(root, file)]);
  const inTests = tests.map(([, text]) => text).join('\n');
  const shared = files
    .filter((file) => !file.endsWith('.test.ts') && inTests.includes(`/${basename(file)}'`))
    .map((file) => [file, read(root, file)]);
  const titles = new Map();
  for (const [file, text] of [...tests, ...shared]) {
    for (const each of idsInTitles(text)) titles.set(each, [...(titles.get(each) ?? []), file]);
  }
  return titles;
}

/** What is wrong between rules and titles. */
export function checkRules(root) {
  const { rules, twice } = collectRules(root);
  const titles = collectTitles(root);
  return {
    count: rules.size,
    untested: [...rules].filter(([rule]) => !titles.has(rule)).map(([rule, place]) => `${rule} (${place})`),
    twice,
    unknown: [...titles.keys()].filter((each) => !rules.has(each)).sort(),
  };
}

if (import.meta.main) {
  const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
  const { count, untested, twice, unknown } = checkRules(root);
  if (unknown.length > 0) console.log(`Ids in titles that no rule bears: ${unknown.join(', ')}`);
  for (const each of twice) console.error(`Given twice: ${each}`);
  for (const each of untested) console.error(`No test title begins with [${each.split(' ')[0]}]: ${each}`);
  const failed = untested.length + twice.length > 0 || count === 0;
  console.log(`${count} rules in force, ${count - untested.length} with a test`);
  process.exit(failed ? 1 : 0);
}
