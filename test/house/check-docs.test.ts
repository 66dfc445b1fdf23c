import { describe, expect, it } from 'vitest';
import {
  anchorOf,
  checkDocs,
  chineseProblems,
  parseDocument,
  readCommandNames,
} from '../../tools/check-docs.mjs';
import { plantTree } from './planted-tree.ts';
import { root } from './tree.ts';

const manifest = JSON.stringify({ scripts: { up: 'x', test: 'x', roomkey: 'x' } });
const names = ['up', 'why', 'token open', 'token mint', 'policy set'];

function problemsOf(files: Readonly<Record<string, string>>): string[] {
  using tree = plantTree({ 'package.json': manifest, 'tools/a.mjs': '', ...files });
  return checkDocs(tree.root, names);
}

describe('the script that checks the documents', () => {
  it('passes a page whose links, paths and commands all exist', () => {
    const page = [
      '# One',
      'See [below](#two-words), [the tool](tools/a.mjs), `tools/a.mjs`, `tools/*.mjs`, `docs/NN-name.md`.',
      'Type `roomkey why ID` or `roomkey token open|mint`; `roomkey` alone helps.',
      '## Two `words`',
      '```sh',
      '$ npm run up -- --port 1   # npm run nothing',
      'npm test && npm run -s roomkey -- token open --json < FILE',
      'cat FILE | roomkey policy set forced',
      '```',
    ].join('\n');
    expect(problemsOf({ 'README.md': page, 'docs/x.md': '[up](../README.md#one)' })).toEqual([]);
  });

  it.each([
    ['[a](gone.md)', 'link to gone.md: no such file'],
    ['[a](#gone)', 'link to #gone: no such heading'],
    ['`packages/gone/src`', 'path packages/gone/src: not there'],
    ['`npm run gone`', 'command npm run gone: no such script'],
    ['`roomkey gone`', 'command roomkey gone: no such command'],
    ['`roomkey token gone`', 'command roomkey token gone: no such command'],
    ['`roomkey token open|gone`', 'command roomkey token gone: no such command'],
    ['```\nnpm run -s roomkey -- policy get x\n```', 'command roomkey policy get x: no such command'],
  ])('finds the planted fault in %s', (page, problem) => {
    expect(problemsOf({ 'README.md': page })).toEqual([`README.md: ${problem}`]);
  });

  it('says when two languages of a page differ in headings, number of blocks or what is typed', () => {
    const english = '# A\n## B\n```\nnpm test # all\n```\n';
    const chinese = '# 甲\n## 乙\n```\nnpm test # 全部\n```\n';
    expect(problemsOf({ 'README.md': english, 'README.zh-CN.md': chinese })).toEqual([]);
    const without = (part: string) => ({
      'README.md': english,
      'README.zh-CN.md': chinese.replace(part, ''),
    });
    expect(problemsOf(without('## 乙\n'))[0]).toContain('headings differ');
    expect(problemsOf(without('```\nnpm test # 全部\n```\n'))[0]).toContain('1 code blocks here, 0');
    expect(problemsOf(without('npm test'))[0]).toContain('code block 1 differs');
  });

  it('hears bad Chinese: missing spaces, half-width punctuation, words we do not use', () => {
    expect(
      chineseProblems('登录房间需要 Token，见 `；**权限认证 Token**：有效期 2 h。[文档](a.md)。'),
    ).toEqual([]);
    for (const bad of ['登录Token', '登录 Token有', '登录, 房间', '登录(房间)', '房卡', '身份认证']) {
      expect(chineseProblems(bad)).not.toEqual([]);
    }
  });

  it('makes anchors the way code hosts do', () => {
    expect(anchorOf('The `walk`, by hand')).toBe('the-walk-by-hand');
    expect(anchorOf('动手走一遍')).toBe('动手走一遍');
    expect(parseDocument('```\n# not a heading\n```\n# A').headings).toHaveLength(1);
  });

  it('finds nothing wrong in the documents of this repo', async () => {
    expect(checkDocs(root, await readCommandNames(root))).toEqual([]);
  });
});
