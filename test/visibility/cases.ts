import { LICENSE_CASES } from './license-cases.js';
import { PEOPLE_CASES } from './people-cases.js';
import type { Cases } from './trying.js';
import { VENDOR_CASES } from './vendor-cases.js';

/** What is tried for each row of the matrix. */
export const CASES: Cases = { ...PEOPLE_CASES, ...LICENSE_CASES, ...VENDOR_CASES };
