/**
 * Takes what the walk in the README needs out of the published vectors and writes it to
 * `.roomkey/walk/` (ignored by git): a server secret, two tokens sealed with it, a sample AppSign.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const vectors = JSON.parse(readFileSync(at('spec/vectors/public.json'), 'utf8'));
const vector = (id) => vectors.find((each) => each.id === id);

const cbc = vector('java/04-payload-null-a');
const gcm = vector('gcm-reference/gcm-04-nonce-max');
const taken = {
  'app-sign': '5a'.repeat(32),
  secret: cbc.secret,
  cbc: cbc.token,
  gcm: gcm.token,
};

mkdirSync(at('.roomkey/walk'), { recursive: true });
for (const [name, content] of Object.entries(taken)) {
  writeFileSync(at(`.roomkey/walk/${name}`), `${content}\n`, { mode: 0o600 });
  console.log(`.roomkey/walk/${name}`);
}
console.log(`app ${cbc.inputs.appId}, user ${cbc.inputs.userId}`);
