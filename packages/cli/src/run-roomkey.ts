import { CommanderError } from 'commander';
import { buildProgram, type TypedCommand } from './build-program.ts';
import { cleanText, safeJson } from './clean-text.ts';
import { CommandCall } from './command-call.ts';
import { commandSpecs } from './command-specs.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { findLanguage, type Language } from './language.ts';
import { packageVersion } from './package-version.ts';
import { type Sentence, sentence } from './sentence.ts';
import { type Terminal, writeAll } from './terminal.ts';

/**
 * Runs one command line, without the words `node` and `roomkey`, and resolves to the exit code: 0 done, 1 refused or
 * failed, 2 typed so that it cannot be carried out (CLI3). It never throws and never ends the process.
 */
export async function runRoomkey(argv: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const language = findLanguage(argv, terminal.env);
  const json = argv.includes('--json');
  try {
    const typed = await parse(argv, terminal, language);
    if (typed === undefined) return 0;
    return await typed.spec.run(new CommandCall(terminal, language, typed));
  } catch (error) {
    const failure = error instanceof CliFailure ? error : unexpected(error);
    await writeAll(terminal.stderr, json ? failureJson(failure) : failureText(failure, language));
    return failure.facts.exitCode;
  }
}

/** What was typed; undefined when only help or the version was asked for. */
async function parse(
  argv: readonly string[],
  terminal: Terminal,
  language: Language,
): Promise<TypedCommand | undefined> {
  let typed: TypedCommand | undefined;
  let shown = '';
  let helpOfGroup = '';
  const program = buildProgram(commandSpecs, {
    language,
    version: packageVersion(),
    writeOut: (text) => {
      shown += text;
    },
    // Only help for a group that was named without a command comes this way.
    writeErr: (text) => {
      helpOfGroup += text;
    },
    onCommand: (found) => {
      typed = found;
    },
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) {
      const next = helpOfGroup === '' ? sentence('usageNext') : () => `\n${helpOfGroup}`;
      throw usageFailure(usageText(error), next);
    }
  }
  const lang = (typed?.options['lang'] ?? program.opts()['lang']) as string | undefined;
  if (lang !== undefined && lang !== 'en' && lang !== 'zh') {
    throw usageFailure(sentence('optionChoice', { option: '--lang', allowed: 'en, zh' }));
  }
  await writeAll(terminal.stdout, shown);
  return typed;
}

// What commander found, in our words. It quotes what was typed: `error: unknown option '--x'`. Values are never quoted
// by the codes kept here, only names of options and commands.
function usageText(error: CommanderError): Sentence {
  const what = cleanText(/'([^']*)'/.exec(error.message)?.[1] ?? '').slice(0, 80);
  switch (error.code) {
    case 'commander.unknownOption':
      return sentence('unknownOption', { what });
    case 'commander.unknownCommand':
      return sentence('unknownCommand', { what });
    case 'commander.missingArgument':
      return sentence('missingArgument', { what });
    case 'commander.optionMissingArgument':
      return sentence('optionWithoutValue', { what });
    case 'commander.missingMandatoryOptionValue':
      return sentence('optionNeeded', { option: what });
    case 'commander.excessArguments':
      return sentence('excessArguments');
    default:
      return sentence('noCommand');
  }
}

function unexpected(error: unknown): CliFailure {
  // The kind of the fault and where it happened; its message might hold what was typed.
  const kind = error instanceof Error ? `${error.name}${codeOf(error)}` : typeof error;
  const at =
    error instanceof Error ? (error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '') : '';
  const details = [`${kind} ${at.trim()}`.trim()];
  return new CliFailure(sentence('unexpected'), { exitCode: 1, name: 'internal', code: 1002099, details });
}

function codeOf(error: Error): string {
  return 'code' in error ? ` ${String(error.code)}` : '';
}

function failureText(failure: CliFailure, language: Language): string {
  const { code, name, details = [], next, diagnosis } = failure.facts;
  const mark = code === undefined ? '' : ` (${code} ${name})`;
  const lines = [
    `${failure.text(language)}${mark}`,
    ...details.map((detail) => `  ${detail}`),
    ...(diagnosis === undefined ? [] : [sentence('diagnosisLine', { id: diagnosis })(language)]),
    ...(next === undefined ? [] : [next(language)]),
  ];
  // Each line is cleaned by itself: what follows a failure may be a page of help.
  const clean = lines.flatMap((line) => line.split('\n')).map(cleanText);
  return `${clean.join('\n').trimEnd()}\n`;
}

function failureJson(failure: CliFailure): string {
  const { code, name, details, diagnosis } = failure.facts;
  const error = {
    name,
    code: code ?? null,
    en: failure.text('en'),
    zh: failure.text('zh'),
    details: details ?? [],
    ...(diagnosis === undefined ? {} : { diagnosis }),
  };
  return `${safeJson({ error })}\n`;
}
