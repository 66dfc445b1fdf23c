/** A place in which no secret may ever be: its name, and all that it holds. */
export interface Sink {
  readonly name: string;
  readonly bytes: Buffer;
}

const pieceLength = 24;

/** The spellings a value may hide under, in whole and in pieces: a page border may run through a stored value. */
function spellingsOf(value: string): readonly string[] {
  const isHex = /^[0-9a-f]{64}$/.test(value);
  const bytes = [Buffer.from(value), ...(isHex ? [Buffer.from(value, 'hex')] : [])];
  const texts = [
    value,
    value.toUpperCase(),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    ...bytes.flatMap((each) => [each.toString('latin1'), each.toString('hex'), each.toString('base64')]),
  ];
  return texts.flatMap((text) => {
    const middle = Math.floor((text.length - pieceLength) / 2);
    return [0, Math.max(0, middle), text.length - pieceLength].map((from) =>
      text.slice(Math.max(0, from)).slice(0, pieceLength),
    );
  });
}

/** Which canaries lie in which sinks, by name: never their values (SC4). */
export function findCanaries(
  sinks: readonly Sink[],
  canaries: ReadonlyMap<string, string>,
): readonly string[] {
  const found: string[] = [];
  for (const [name, value] of canaries) {
    const spellings = new Set(spellingsOf(value));
    for (const sink of sinks) {
      const isThere = [...spellings].some((spelling) => sink.bytes.includes(Buffer.from(spelling, 'latin1')));
      if (isThere) found.push(`${name} in ${sink.name}`);
    }
  }
  return found;
}
