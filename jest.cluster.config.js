// The specs that need servers beside the product; `npm run test:cluster` names or starts them.
import { CLUSTER_SPECS, embedded } from './jest.config.js';

export default { ...embedded, testMatch: CLUSTER_SPECS };
