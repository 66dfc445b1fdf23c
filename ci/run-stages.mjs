/**
 * Runs every stage of ci/stages in the order of their names and ends with `N passed, N failed`.
 *
 * A stage is a file `NN-name.mjs` with a default export `{title, run(stage)}`; `run` resolves to
 * `{passed, failed}`. `--fail-fast` stops at the first stage that fails; further words select
 * stages by name: `npm test -- types unit`.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createStage } from './stage.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'stages');
const words = process.argv.slice(2);
const failFast = words.includes('--fail-fast');
const wanted = words.filter((word) => !word.startsWith('--'));

const files = readdirSync(folder)
  .filter((file) => /^\d\d-[a-z-]+\.mjs$/.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no stage is called ${wanted.join(' or ')}; there are: ${readdirSync(folder).join(', ')}`);
  process.exit(2);
}

const seconds = (begun) => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
const rows = [];
for (const file of files) {
  const { default: stage } = await import(pathToFileURL(join(folder, file)).href);
  console.log(`\n=== ${file.slice(0, -4)}: ${stage.title}`);
  const begun = Date.now();
  let result;
  try {
    result = await stage.run(createStage());
  } catch (error) {
    console.error(error);
    result = { passed: 0, failed: 1 };
  }
  rows.push({ file, ...result, took: seconds(begun) });
  console.log(
    `=== ${file.slice(0, -4)}: ${result.passed} passed, ${result.failed} failed, ${seconds(begun)}`,
  );
  if (failFast && result.failed > 0) break;
}

console.log('');
const width = Math.max(...rows.map((row) => row.file.length));
for (const row of rows) {
  console.log(
    `${row.file.padEnd(width)}  ${String(row.passed).padStart(5)} passed  ${String(row.failed).padStart(3)} failed  ${row.took.padStart(8)}`,
  );
}
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
