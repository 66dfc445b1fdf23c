/** Puts LICENSE and NOTICE beside the manifest of the package that is being packed; git ignores the copies. */
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(process.cwd(), file));
