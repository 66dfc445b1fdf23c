export default {
  title: 'the house: imports, names, licences, leaks',
  run: ({ vitest }) => vitest('house'),
};
