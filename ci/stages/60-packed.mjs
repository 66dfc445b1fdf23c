import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, sumResults } from '../stage.mjs';

const packages = ['token', 'protocol', 'server', 'cli'];

// What a stranger does with the tarballs: no source condition, no workspace, the built files alone.
const trial = `
import { generateToken04, createTokenKey, createKeyring, openToken } from '@roomkey/token';
import { errorByName } from '@roomkey/protocol';
import { createAccessServer } from '@roomkey/server';
const secret = 'x'.repeat(16) + 'y'.repeat(16);
const token = generateToken04(1, 'demo', secret, 60, '');
const key = createTokenKey({ id: 'k', secret, appId: 1 });
const opened = openToken(token, createKeyring([key]), Math.floor(Date.now() / 1000));
if (!opened.ok || opened.claims.userId !== 'demo') throw new Error('the packed codec does not open');
if (errorByName('noToken').code !== 1002067) throw new Error('the packed table is wrong');
if (typeof createAccessServer !== 'function') throw new Error('the packed server has no door');
`;

/** Packs the built packages, installs the tarballs in an empty folder, and uses them there. */
export default {
  title: 'packages work built, packed and installed',
  async run({ run, gate }) {
    const folder = mkdtempSync(join(tmpdir(), 'roomkey-packed-'));
    try {
      const built = await gate('tsc', ['-b']);
      const pack = await run('npm', [
        'pack',
        '--silent',
        '--pack-destination',
        folder,
        ...packages.flatMap((name) => ['-w', `packages/${name}`]),
      ]);
      if (pack !== 0) return sumResults(built, { passed: 0, failed: 1 });
      const files = packages.map((name) => {
        const { name: full, version } = JSON.parse(
          readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
        );
        return `./${full.replace('@', '').replace('/', '-')}-${version}.tgz`;
      });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
      writeFileSync(join(folder, 'trial.mjs'), trial);
      const install = await run(
        'npm',
        ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...files],
        { cwd: folder },
      );
      if (install !== 0) return sumResults(built, { passed: 0, failed: 1 });
      const licence = await gate('test', ['-s', 'node_modules/@roomkey/token/LICENSE'], { cwd: folder });
      const used = await gate('node', ['trial.mjs'], { cwd: folder });
      const cli = await gate('node', ['node_modules/@roomkey/cli/dist/main.js', '--help'], { cwd: folder });
      return sumResults(built, licence, used, cli);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
