/** The languages the command line speaks (CLI3). */
export type Language = 'en' | 'zh';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The language to speak: `--lang` wherever it stands, else the locale in the order in which POSIX reads it, else
 * English. An unknown `--lang` counts as not given here; the parser refuses it afterwards.
 */
export function findLanguage(argv: readonly string[], env: Environment): Language {
  const asked = askedLanguage(argv);
  if (asked === 'en' || asked === 'zh') return asked;
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (each) => each !== undefined && each !== '',
  );
  return locale?.toLowerCase().startsWith('zh') === true ? 'zh' : 'en';
}

function askedLanguage(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = argv[at];
  if (word === undefined) return undefined;
  return word === '--lang' ? argv[at + 1] : word.slice('--lang='.length);
}
