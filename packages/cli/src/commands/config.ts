import type { CommandSpec } from '../command-spec.ts';
import { CliFailure } from '../failure.ts';
import { sentence } from '../sentence.ts';
import { fieldText } from './policy-show.ts';
import { configurationOptions, typedConfiguration } from './serve.ts';

/** `config`: the resulting configuration, where each value came from, secrets masked (CF1); or every problem (CF2). */
export const config: CommandSpec = {
  name: 'config',
  text: 'config',
  options: configurationOptions,
  async run(call) {
    const door = await call.terminal.openServerDoor();
    const report = await door.readConfiguration(typedConfiguration(call, false));
    if (!report.ok) {
      const facts = { exitCode: 2, name: 'usage', details: report.problems } as const;
      throw new CliFailure(sentence('configurationRefused'), facts);
    }
    if (call.json) await call.printJson({ values: report.rows });
    else {
      await call.printRows([
        [call.say('setting'), call.say('value'), call.say('source')],
        ...report.rows.map(({ path, value, source }) => [path, fieldText(value), source]),
      ]);
    }
    return 0;
  },
};
