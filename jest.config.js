// Tests run on the built output: what is tested is what is shipped, worker threads included,
// and no second compiler stands between a test and the code.
export default {
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: [],
  testTimeout: 30_000,
  maxWorkers: 2,
};
