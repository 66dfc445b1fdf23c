import { describe, expect, it } from 'vitest';
import { buildProgram } from './build-program.ts';
import { commandNames } from './command-names.ts';
import { commandSpecs } from './command-specs.ts';
import { runTyped } from './testing/run-typed.ts';

interface Tree {
  readonly name: () => string;
  readonly commands: readonly Tree[];
}

function leaves(tree: Tree, path: readonly string[]): string[] {
  return tree.commands.flatMap((command) => {
    const here = [...path, command.name()];
    return command.commands.length === 0 ? [here.join(' ')] : leaves(command, here);
  });
}

describe('the tree of commands', () => {
  it('[CLI3] bears exactly the names that are exported, in their order', () => {
    const seam = { language: 'en', version: '0', writeOut() {}, writeErr() {}, onCommand() {} } as const;
    expect(commandSpecs.map(({ name }) => name)).toEqual(commandNames);
    expect(leaves(buildProgram(commandSpecs, seam), []).toSorted()).toEqual(commandNames.toSorted());
  });

  it('[CLI3] gives every command --json and --lang, and help in both languages', async () => {
    for (const name of commandNames) {
      const en = await runTyped([...name.split(' '), '--help', '--lang', 'en']);
      const zh = await runTyped([...name.split(' '), '--help', '--lang', 'zh']);
      expect([en.exitCode, zh.exitCode], name).toEqual([0, 0]);
      expect(en.out, name).toContain('--json');
      expect(en.out, name).toContain('--lang');
      expect(en.out, name).not.toMatch(/\p{Script=Han}/u);
      expect(zh.out, name).toContain('用法：');
      // Whatever is said in words is said in Chinese: no line of help is left in English.
      expect(zh.out, name).not.toMatch(/\b(?:Usage|Options|Arguments|Commands|display|default)\b/);
    }
  });
});

describe('what is typed wrong', () => {
  it.each([
    [[], 2],
    [['nothing'], 2],
    [['token'], 2],
    [['token', 'open', '--nothing'], 2],
    [['token', 'mint', '--app', '0', '--user', 'u', '--temporary'], 2],
    [['token', 'mint', '--app', 'x', '--user', 'u', '--temporary'], 2],
    [['token', 'mint', '--user', 'u'], 2],
    [['token', 'open', 'x', '--cbc', 'perhaps'], 2],
    [['app', 'list', 'more'], 2],
    [['app', 'list', '--lang', 'fr'], 2],
    [['--version'], 0],
    [['--help'], 0],
  ] as const)('[CLI3] %j ends with %i, and says what in words of ours', async (argv, exitCode) => {
    const answer = await runTyped(argv);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.err === '').toBe(exitCode === 0);
    expect(answer.err).not.toMatch(/^error:/);
  });

  it('[CLI3] speaks Chinese by locale, and --lang wins over it', async () => {
    const zh = { env: { LANG: 'zh_CN.UTF-8' } };
    expect((await runTyped(['token', 'opn'], zh)).err).toContain('没有命令 opn。');
    expect((await runTyped(['token', 'opn', '--lang', 'en'], zh)).err).toContain('There is no command opn.');
    expect((await runTyped(['--lang=zh', 'token', 'opn'])).err).toContain('没有命令');
    const lcAll = { env: { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' } };
    expect((await runTyped(['token', 'opn'], lcAll)).err).toContain('There is no command');
  });

  it('[CLI3] answers programs in one line of JSON with both languages', async () => {
    const answer = await runTyped(['token', 'mint', '--app', '0', '--user', 'u', '--temporary', '--json']);
    expect(answer.out).toBe('');
    const said = JSON.parse(answer.err) as { error: Record<string, unknown> };
    expect(said.error).toMatchObject({
      name: 'usage',
      code: null,
      en: expect.stringContaining('--app'),
      zh: expect.stringContaining('--app'),
    });
  });
});
