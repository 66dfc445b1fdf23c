import { createInProcessStore, joinStore } from '#cluster';
import { describeDirectory } from './directory-contract.ts';
import { FakeClock } from './fake-clock.ts';

describeDirectory('the directory in memory', async () => {
  const clock = new FakeClock();
  const store = createInProcessStore(clock);
  return {
    clock,
    join: async (node) => joinStore(store, node),
    setCurrent: async (node, current) => store.register.setCurrent(node, current),
    kill: async (node) => store.register.remove(node),
  };
});
