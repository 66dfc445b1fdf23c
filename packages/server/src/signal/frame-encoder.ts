/**
 * Serialises frames. Members at one position of a room are sent the same frame object one after the other: the bytes of
 * the latest one are kept, so that it is serialised once for all of them (RM6). Frames are never changed after they were
 * sent.
 */
export class FrameEncoder {
  #frame: object | undefined;
  #bytes: Buffer | undefined;

  /** @throws TypeError when the frame cannot be JSON: a bug of whoever made it. */
  encode(frame: object): Buffer {
    if (this.#frame === frame && this.#bytes !== undefined) return this.#bytes;
    const bytes = Buffer.from(JSON.stringify(frame), 'utf8');
    this.#frame = frame;
    this.#bytes = bytes;
    return bytes;
  }
}
