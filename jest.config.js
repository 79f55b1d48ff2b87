// Tests run on the built output: what is tested is what is shipped, worker threads included,
// and no second compiler stands between a test and the code.
/** They need a MongoDB: `npm run test:cluster` runs them. */
export const CLUSTER_SPECS = ['**/mongo.{read,record}-store.spec.js'];

export const embedded = {
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: [],
  testTimeout: 30_000,
  maxWorkers: 2,
};

export default { ...embedded, testMatch: [...embedded.testMatch, ...CLUSTER_SPECS.map((specs) => `!${specs}`)] };
