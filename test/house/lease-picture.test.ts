import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../packages/protocol/src/limits.ts';
import { drawLeasePicture, pictureWords } from './lease-picture.ts';
import { root } from './tree.ts';

describe('the picture of the first screen', () => {
  it.each([
    ['en', 'lease.svg'],
    ['zh', 'lease.zh-CN.svg'],
  ] as const)('is what the constants of the wire say, in %s', async (language, file) => {
    const picture = drawLeasePicture(pictureWords[language]);
    expect(picture).toContain(`−${limits.warnBeforeEndMs / 1000} s`);
    expect(picture).toContain(`−${limits.lastWarnBeforeEndMs / 1000} s`);
    await expect(picture).toMatchFileSnapshot(join(root, 'docs', 'pictures', file));
  });
});
