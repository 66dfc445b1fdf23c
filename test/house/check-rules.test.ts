import { describe, expect, it } from 'vitest';
import { checkRules, collectRules, idsInTitles } from '../../tools/check-rules.mjs';
import { plantTree } from './planted-tree.ts';
import { root } from './tree.ts';

// Assembled, so that the script does not count these lines as tests of a rule.
const titled = (call: string, ids: string) => `${call}('${ids} holds', () => {});\n`;

describe('the script that ties rules to tests', () => {
  it('passes when each rule has a title, in a test or in a suite that a test imports', () => {
    using tree = plantTree({
      'spec/door.md': 'What this is.\n\n- **AD1** One.\n- **AD3a** Two.\n\n**SE6** Three.\n- **CL1** Four.\n',
      'packages/a/src/door.test.ts':
        titled('it', '[AD1][AD3a]') +
        titled('it.each(rows)', '[SE6]') +
        "import { s } from './door-contract.ts';",
      'packages/a/src/door-contract.ts': titled('test', '[CL1]'),
    });
    expect(checkRules(tree.root)).toEqual({ count: 4, untested: [], twice: [], unknown: [] });
  });

  it('fails on a planted rule without a test, and on an id given twice', () => {
    using tree = plantTree({
      'spec/door.md': '- **AD1** One.\n- **AD2** Two.\n',
      'spec/room.md': '- **AD1** One again.\n',
      'packages/a/src/door.test.ts': titled('it', '[AD1]') + titled('it', '[AD99]'),
    });
    expect(checkRules(tree.root)).toEqual({
      count: 2,
      untested: ['AD2 (spec/door.md:2)'],
      twice: ['AD1 at spec/door.md:1 and spec/room.md:1'],
      unknown: ['AD99'],
    });
  });

  it('does not count tests that never run, ids inside a title, or a suite nobody imports', () => {
    expect(idsInTitles(titled('it.skip', '[AD1]') + titled('it.todo', '[AD1]'))).toEqual([]);
    expect(idsInTitles(titled('it', 'as said in [AD1], it'))).toEqual([]);
    using tree = plantTree({
      'spec/door.md': '- **AD1** One.\n',
      'packages/a/src/door-contract.ts': titled('it', '[AD1]'),
      'packages/a/src/other.test.ts': '',
    });
    expect(checkRules(tree.root).untested).toHaveLength(1);
  });

  it('reads the rules of this repo: known ones are there, and none stands twice', () => {
    const { rules, twice } = collectRules(root);
    for (const rule of ['TK1', 'TK10b', 'AD11b', 'SE6a', 'RM6', 'WS15', 'MG1a', 'ST5', 'CL2', 'SC4']) {
      expect([...rules.keys()]).toContain(rule);
    }
    expect(twice).toEqual([]);
  });
});
