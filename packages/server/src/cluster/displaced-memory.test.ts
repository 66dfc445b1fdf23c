import { describe, expect, it } from 'vitest';
import { DisplacedMemory } from './displaced-memory.ts';
import { startTicketChain } from './ticket-chain.ts';

describe('DisplacedMemory', () => {
  it('[SE6] is bounded: the oldest is forgotten first, those whose time is over make room', () => {
    const memory = new DisplacedMemory(3);
    for (let n = 0; n < 5; n++) memory.add(`s${n}`, startTicketChain(`t${n}`), n);
    expect(memory.size).toBe(3);
    expect([0, 1, 2, 3, 4].filter((n) => memory.has(`s${n}`, `t${n}`, 10))).toEqual([2, 3, 4]);
    memory.add('late', startTicketChain('t'), 20 * 60_000 + 10);
    expect(memory.size).toBe(1);
  });
});
