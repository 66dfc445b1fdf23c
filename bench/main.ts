import { benchDecide } from './decide.ts';
import { benchEnds, benchLogins, benchMemory, benchStart } from './door.ts';
import { benchRefusals } from './refusals.ts';
import { benchToken } from './token.ts';

const benches: Readonly<Record<string, () => Promise<object>>> = {
  token: benchToken,
  refusals: benchRefusals,
  decide: benchDecide,
  logins: benchLogins,
  memory: benchMemory,
  ends: benchEnds,
  start: benchStart,
};

const words = process.argv.slice(2);
const asJson = words.includes('--json');
const wanted = words.filter((word) => !word.startsWith('--'));
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (!asJson) console.error(`${name} …`);
  const figures = await run();
  if (asJson) console.log(JSON.stringify({ bench: name, ...figures }));
  else
    console.log(
      `${name}\n${JSON.stringify(figures, undefined, 2)
        .replace(/[{}",]/g, '')
        .replace(/\n\s*\n/g, '\n')}`,
    );
}
// Sockets of clients that were cut may linger.
process.exit(0);
