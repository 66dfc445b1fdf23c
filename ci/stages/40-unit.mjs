export default {
  title: 'unit and behaviour tests',
  run: ({ vitest }) => vitest('token', 'protocol', 'server', 'cli'),
};
