export default {
  title: 'proven over real connections, with kill -9, floods and races',
  run: ({ vitest }) => vitest('proven'),
};
