import { cleanText } from './clean-text.ts';

// Wide as two columns: Hangul Jamo, CJK with its punctuation, kana, Hangul, full-width forms, emoji, CJK extensions.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const noWidth = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += noWidth.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** One cell: text from outside is cleaned; `paint` colours it after its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** The lines of an aligned table: two blanks between columns, no frame, a line a fact (LK8). */
export function alignRows(rows: readonly (readonly (string | Cell)[])[]): string[] {
  const cells = rows.map((row) =>
    row.map((cell): Cell => {
      const given = typeof cell === 'string' ? { text: cell } : cell;
      return { ...given, text: cleanText(given.text) };
    }),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(0, ...cells.map((row) => displayWidth(row[at]?.text ?? ''))),
  );
  return cells.map((row) =>
    row
      .map((cell, at) => {
        const text = at === row.length - 1 ? cell.text : padTo(cell.text, widths[at] ?? 0);
        return cell.paint === undefined ? text : cell.paint(text);
      })
      .join('  ')
      .trimEnd(),
  );
}
