import { type CommandMessage, limits } from '@roomkey/protocol';

/** Commands that wait for a detached session, in the order they came: at most 64 or 16 KiB (WS7). */
export class KeptCommands {
  #commands: CommandMessage[] = [];
  #bytes = 0;
  #lost = 0;

  /** Keeps a command, or counts it as lost when there is no room; what came first stays. */
  add(command: CommandMessage): void {
    const size = Buffer.byteLength(JSON.stringify(command));
    const full = this.#commands.length >= limits.keptCommands || this.#bytes + size > limits.keptCommandBytes;
    // After the first loss nothing is kept, so that what is there is a beginning without holes.
    if (full || this.#lost > 0) {
      this.#lost += 1;
      return;
    }
    this.#commands.push(command);
    this.#bytes += size;
  }

  get commands(): readonly CommandMessage[] {
    return this.#commands;
  }

  get lost(): number {
    return this.#lost;
  }
}
