// Which passwords may be chosen (OWASP ASVS 5.0, 6.2): long enough, and none that is guessed soon. No rules of
// composition, no expiry.
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { loginErrors } from './login.errors.js';

const SHORTEST = 12;
const LONGEST = 128;
/** Of zxcvbn's scores 0 to 4: below it stands what falls within a million guesses. */
const LEAST_SCORE = 2;
/** Characters beside words that belong to the person. */
const LEAST_OF_ITS_OWN = 8;

let estimator: Promise<ZxcvbnFactory> | undefined;

/** The list of common passwords takes a while to load and some memory: it is loaded when somebody first chooses one. */
async function load(): Promise<ZxcvbnFactory> {
  const [core, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  return new core.ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
}

/**
 * @param context texts that others would try first for this person: his name and address, the vendor.
 * @throws `password.too-short`, `password.too-long`, `password.too-easy`
 */
export async function checkPassword(password: string, context: readonly string[]): Promise<void> {
  const { length } = [...password];
  if (length < SHORTEST) loginErrors.refuse('password.too-short', undefined, { shortest: SHORTEST });
  if (length > LONGEST) loginErrors.refuse('password.too-long', undefined, { longest: LONGEST });
  const words = wordsOf(['keyledger', ...context]);
  if ([...without(password.toLowerCase(), words)].length < LEAST_OF_ITS_OWN) loginErrors.refuse('password.too-easy');
  estimator ??= load();
  if ((await estimator).check(password, words).score < LEAST_SCORE) loginErrors.refuse('password.too-easy');
}

/** The texts and the words in them, in lower case, long ones first. */
function wordsOf(texts: readonly string[]): string[] {
  return texts
    .map((text) => text.toLowerCase())
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .filter((word) => word.length > 2)
    .sort((one, other) => other.length - one.length);
}

function without(text: string, words: readonly string[]): string {
  return words.reduce((rest, word) => rest.replaceAll(word, ''), text);
}
