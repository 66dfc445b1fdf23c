import { Command, Option } from 'commander';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import type { Language } from './language.ts';
import { type PhraseKey, sentence } from './sentence.ts';

/** What the parser hands over when a command was typed in full. */
export interface TypedCommand {
  readonly spec: CommandSpec;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** How the tree speaks and to whom it hands what was typed. */
export interface ProgramSeam {
  readonly language: Language;
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly onCommand: (typed: TypedCommand) => void;
}

const groupTexts: Readonly<Record<string, PhraseKey>> = {
  app: 'appGroup',
  'app secret': 'appSecretGroup',
  'app appsign': 'appSignGroup',
  token: 'tokenGroup',
  policy: 'policyGroup',
  sessions: 'sessionsGroup',
  try: 'tryGroup',
};

const titles: Readonly<Record<string, PhraseKey>> = {
  'Usage:': 'usageTitle',
  'Arguments:': 'argumentsTitle',
  'Options:': 'optionsTitle',
  'Commands:': 'commandsTitle',
};

/**
 * Makes commander's tree out of the commands, speaking one language. It throws `CommanderError` instead of ending the
 * process and writes no error itself: both are the caller's.
 */
export function buildProgram(specs: readonly CommandSpec[], seam: ProgramSeam): Command {
  const say = (key: PhraseKey): string => sentence(key as 'usageTitle')(seam.language);
  const setUp = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({ writeOut: seam.writeOut, writeErr: seam.writeErr, outputError: () => {} })
      .configureHelp({ styleTitle: (title) => say(titles[title] ?? 'optionsTitle') })
      .helpOption('-h, --help', say('helpOption'))
      .helpCommand(false);
  const program = setUp(new Command('roomkey'))
    .description(say('roomkey'))
    .usage(say('usageOfGroup'))
    .version(seam.version, '-V, --version', say('versionOption'));
  // Read from the raw words, wherever it stands; named here so that help shows it and the parser takes it.
  program.addOption(langOption(say));
  const groups = new Map<string, Command>([['', program]]);
  const groupOf = (path: readonly string[]): Command => {
    const name = path.join(' ');
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group = setUp(new Command(path.at(-1)))
      .description(say(groupTexts[name] ?? 'roomkey'))
      .usage(say('usageOfGroup'));
    groupOf(path.slice(0, -1)).addCommand(group);
    groups.set(name, group);
    return group;
  };
  for (const spec of specs) {
    const path = spec.name.split(' ');
    const command = setUp(new Command(path.at(-1)));
    fillCommand(command, spec, say);
    command.action(() => seam.onCommand({ spec, args: command.args, options: command.opts() }));
    groupOf(path.slice(0, -1)).addCommand(command);
  }
  return program;
}

function fillCommand(command: Command, spec: CommandSpec, say: (key: PhraseKey) => string): void {
  const args = spec.arguments ?? [];
  command.description(say(spec.text));
  command.usage([...args.map(({ name }) => name), say('usageOptions')].join(' '));
  for (const { name, text } of args) command.argument(name, say(text));
  for (const option of spec.options ?? []) command.addOption(makeOption(option, say));
  command.option('--json', say('jsonOption'));
  command.addOption(langOption(say));
}

function makeOption(spec: OptionSpec, say: (key: PhraseKey) => string): Option {
  const option = new Option(spec.flags, say(spec.text));
  if (spec.required === true) option.makeOptionMandatory();
  if (spec.many === true) {
    option.argParser((value, held: readonly string[] | undefined) => [...(held ?? []), value]);
  }
  return option;
}

function langOption(say: (key: PhraseKey) => string): Option {
  return new Option('--lang <language>', say('langOption'));
}
