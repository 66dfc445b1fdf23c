/**
 * Checks the documents: what they point at is there, what they tell people to type exists, and both
 * languages of a page say the same.
 *
 * Looked at: relative links and their anchors, paths in code spans, `npm …` against package.json,
 * `roomkey …` against the names the command line exports, headings and code blocks of `X.md`
 * against `X.zh-CN.md`, and the spacing, punctuation and words of Chinese pages.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const topFolders = 'packages|docs|spec|tools|test|ci|\\.ci|bench|issuers|examples';
const skipFolder = (path) => /(?:^|[\\/])(?:node_modules|dist|\.git)$/.test(path);
const read = (root, file) => readFileSync(join(root, file), 'utf8');
const isFence = (line) => /^\s*```/.test(line);

/** The documents of a tree. */
export function findDocuments(root) {
  const patterns = ['*.md', 'docs/**/*.md', 'spec/**/*.md', 'packages/*/*.md', 'bench/**/*.md'];
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: skipFolder })).sort();
}

/** Splits a document into headings, fenced blocks, code spans and the prose without code. */
export function parseDocument(text) {
  const headings = [];
  const blocks = [];
  const prose = [];
  let block;
  for (const line of text.split('\n')) {
    if (isFence(line)) {
      block = block === undefined ? [] : undefined;
      if (block !== undefined) blocks.push(block);
    } else if (block !== undefined) block.push(line);
    else {
      const heading = /^(#{1,6}) (.+)$/.exec(line);
      if (heading !== null) headings.push({ level: heading[1].length, text: heading[2].trim() });
      prose.push(line);
    }
  }
  const words = prose.join('\n');
  return {
    headings,
    blocks,
    spans: [...words.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]),
    prose: words.replace(/`[^`\n]*`/g, '`'),
    links: [...words.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]),
  };
}

/** The anchor a heading gets on code hosts. */
export const anchorOf = (heading) =>
  heading
    .replaceAll('`', '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

function linkProblem(root, file, link) {
  if (/^(?:[a-z]+:|\/\/)/.test(link)) return undefined;
  const [path, anchor] = link.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(root, target))) return `link to ${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  const anchors = parseDocument(read(root, target)).headings.map((heading) => anchorOf(heading.text));
  return anchors.includes(decodeURIComponent(anchor)) ? undefined : `link to ${link}: no such heading`;
}

function pathProblem(root, span) {
  const match = new RegExp(`^((?:${topFolders})/[^\\s:]*)`).exec(span);
  if (match === null) return undefined;
  // A pattern or a variable part: what stands before it must be there.
  const fixed = match[1].split(/[*<…{]|NN|X\./)[0];
  const path = fixed === match[1] ? fixed : fixed.slice(0, fixed.lastIndexOf('/') + 1);
  return existsSync(join(root, path)) ? undefined : `path ${match[1]}: not there`;
}

/** The commands in a line of a block or in a code span; comments and prompts left out. */
function commandsIn(text) {
  const line = text.replace(/^\s*[$>] /, '').replace(/(?:^|\s)#.*$/, '');
  return [...line.matchAll(/(?:^|[|&;(]\s*|\s)((?:npm|roomkey)\s+[^|&;]*(?:\|[a-z]+)*)/g)].map((match) =>
    match[1].trim(),
  );
}

function roomkeyProblem(words, names) {
  if (names === undefined) return undefined;
  const plain = [];
  for (const word of words) {
    if (!/^[a-z][a-z-]*(?:\|[a-z-]+)*$/.test(word)) break;
    plain.push(word);
  }
  const known = names.map((name) => name.split(' '));
  const fits = (spoken) =>
    known.some((name) => name.every((part, index) => spoken[index] === part)) ||
    known.some((name) => spoken.every((part, index) => name[index] === part));
  const choices = plain.reduce(
    (all, word) => all.flatMap((begun) => word.split('|').map((each) => [...begun, each])),
    [[]],
  );
  const bad = choices.find((spoken) => !fits(spoken));
  return bad === undefined ? undefined : `command roomkey ${bad.join(' ')}: no such command`;
}

function commandProblem(command, scripts, names) {
  const words = command.split(/\s+/);
  if (words[0] === 'roomkey') return roomkeyProblem(words.slice(1), names);
  if (words[1] === 'test') return 'test' in scripts ? undefined : 'npm test: no such script';
  if (words[1] !== 'run') return undefined;
  const rest = words.slice(2).filter((word) => word !== '-s' && word !== '--silent');
  const script = rest[0];
  if (script === undefined || !/^[a-z]/.test(script)) return undefined;
  if (!(script in scripts)) return `command npm run ${script}: no such script`;
  return script === 'roomkey' && rest[1] === '--' ? roomkeyProblem(rest.slice(2), names) : undefined;
}

/** What differs between two languages of one page. */
export function compareLanguages(one, other) {
  const levels = (page) => page.headings.map((heading) => heading.level).join(' ');
  // What people type must be the same, but for the language's own name; comments are translated.
  const typed = (page) =>
    page.blocks.map((block) =>
      block
        .map((line) => line.replace(/(?:^|\s+)(?:#|\/\/) .*$/, ''))
        .map((line) => line.replace(/\b(?:en|zh)\b(?:-CN)?/g, 'LANG'))
        .join('\n')
        .trim(),
    );
  const problems = [];
  if (levels(one) !== levels(other)) {
    problems.push(`headings differ: ${levels(one)} here, ${levels(other)} in the other language`);
  }
  if (one.blocks.length !== other.blocks.length) {
    problems.push(`${one.blocks.length} code blocks here, ${other.blocks.length} in the other language`);
  } else {
    typed(one).forEach((block, index) => {
      if (block !== typed(other)[index]) problems.push(`code block ${index + 1} differs between languages`);
    });
  }
  return problems;
}

/** Faults of Chinese text: no space beside Latin words, half-width punctuation, words we do not use. */
export function chineseProblems(prose) {
  const text = prose.replace(/\]\([^)]*\)/g, ']').replace(/[*_[\]]/g, '');
  const show = (match) => text.slice(Math.max(0, match.index - 6), match.index + 8).replaceAll('\n', ' ');
  const rules = [
    [/\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/gu, 'no space between Han and Latin'],
    [/\p{Script=Han} ?[,;:!?()]|[,;:!?()] ?\p{Script=Han}/gu, 'half-width punctuation'],
    [/房卡|(?<!权限)认证/g, 'a word we do not use'],
  ];
  return rules.flatMap(([pattern, what]) =>
    [...text.matchAll(pattern)].map((at) => `${what}: …${show(at)}…`),
  );
}

/** The names of the command line's commands, or undefined while it exports none. */
export async function readCommandNames(root) {
  const file = join(root, 'packages', 'cli', 'src', 'command-names.ts');
  return existsSync(file) ? (await import(pathToFileURL(file).href)).commandNames : undefined;
}

/** Everything that is wrong in the documents of a tree, as `file: what`. */
export function checkDocs(root, names) {
  const { scripts } = JSON.parse(read(root, 'package.json'));
  const documents = findDocuments(root);
  return documents.flatMap((file) => {
    const page = parseDocument(read(root, file));
    const lines = [...page.spans, ...page.blocks.flat()];
    const pair = file.replace(/\.md$/, '.zh-CN.md');
    const problems = [
      ...page.links.map((link) => linkProblem(root, file, link)),
      ...lines.flatMap((line) => line.split(/\s+/)).map((word) => pathProblem(root, word)),
      ...lines.flatMap(commandsIn).map((command) => commandProblem(command, scripts, names)),
      ...(documents.includes(pair) ? compareLanguages(page, parseDocument(read(root, pair))) : []),
      ...(file.endsWith('.zh-CN.md') ? chineseProblems(page.prose) : []),
    ];
    return problems.filter((problem) => problem !== undefined).map((problem) => `${file}: ${problem}`);
  });
}

if (import.meta.main) {
  const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
  const names = await readCommandNames(root);
  if (names === undefined) console.log('The command line exports no names yet: roomkey commands unchecked');
  const problems = checkDocs(root, names);
  for (const problem of problems) console.error(problem);
  console.log(`${findDocuments(root).length} documents, ${problems.length} problems`);
  process.exit(problems.length === 0 ? 0 : 1);
}
