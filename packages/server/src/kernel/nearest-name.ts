/** The known name that a wrong one most likely meant, or undefined if none is near. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const said = wrong.slice(0, longestSaid).toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(said.length / 3)) + 1;
  for (const name of known) {
    const steps = editSteps(said, name.toLowerCase());
    if (steps < least) [nearest, least] = [name, steps];
  }
  return nearest;
}

// The work grows with the product of both lengths, and the wrong name came from outside (SC2).
const longestSaid = 64;

/** How many characters to add, drop or replace to come from one text to the other. */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (from[line - 1] === to[at - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
