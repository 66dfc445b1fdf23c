import { hashText } from '#kernel';

/**
 * SHA-256 of secrets that stand in public: the one of the vendor's sample code for its token generators, and those of
 * the vectors under spec. Kept as digests, so that no copy of a secret lies in the source.
 */
const publishedDigests: ReadonlySet<string> = new Set([
  'be042a204d24d8e6c622bde87a3bdff2f8916eabc5b25b1a6d976161900db651',
  '5947d7c33d783f94b3b4c1a96ebc8991ed28f1b069b71e03376cba8caa98a720',
  'adbaa841a2663cb168091c7a840eb621bffc707d1443bf354fce2e01735f80aa',
  'ff25d2389ab7917a77cc0c3546331401054d53cb7b2edeedb7b4e7742bb5286d',
  '26c7c443d6048662bf15f3d5b9ae84d842423ac65dea78d47f057b6a41fbd0bd',
]);

const longestUnit = 16;

/** Whether a server secret is a published sample, or a short text repeated, or counts up (AD12). */
export function isSampleSecret(secret: string): boolean {
  return publishedDigests.has(hashText(secret)) || isRepetition(secret) || isRun(secret);
}

function isRepetition(secret: string): boolean {
  for (let unit = 1; unit <= Math.min(longestUnit, secret.length - 1); unit += 1) {
    if (secret.slice(unit) === secret.slice(0, -unit)) return true;
  }
  return false;
}

const runs = ['0123456789', 'abcdefghijklmnopqrstuvwxyz'];

/** Written as pieces that each go on where the alphabet or the digits go on: `abc…xyz012345`. */
function isRun(secret: string): boolean {
  const lower = secret.toLowerCase();
  let breaks = 0;
  for (let at = 1; at < lower.length; at += 1) if (!follows(lower[at - 1], lower[at])) breaks += 1;
  return breaks <= 2;
}

function follows(before: string | undefined, after: string | undefined): boolean {
  return runs.some((run) => {
    const at = run.indexOf(before ?? ' ');
    return at >= 0 && (run[at + 1] ?? run[0]) === after;
  });
}
