// The only reader of the environment: variables in, a typed configuration or a complete list of mistakes out.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { nearest } from './nearest.js';
import { Secret } from './secret.js';
import { settingsSchema, type SettingWords } from './settings.js';

export type Config = Readonly<z.output<typeof settingsSchema>>;
type Key = keyof Config;
type Variables = Readonly<Record<string, string | undefined>>;

/** A setting as the reference page shows it. */
export interface SettingDescription extends SettingWords {
  readonly key: Key;
  readonly variable: string;
  /** The variable that names a file with the value; of secrets only. */
  readonly fileVariable?: string;
}

/** What is wrong with the environment; one sentence per mistake, each with the variable's name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const PREFIX = 'KEYLEDGER_';

/** All settings in the order of the reference page. */
export const settings: readonly SettingDescription[] = (Object.keys(settingsSchema.shape) as Key[]).map((key) => {
  const words = settingsSchema.shape[key].meta() as unknown as SettingWords;
  const variable = PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return { ...words, key, variable, ...(words.secret ? { fileVariable: `${variable}_FILE` } : {}) };
});

/**
 * Reads the variables that begin with `KEYLEDGER_`; an empty one counts as unset.
 *
 * @param given variables that count instead of those of the environment, such as from a command line.
 *
 * @throws ConfigError that names every wrong, unknown or doubled variable and what is allowed.
 */
export function loadConfig(environment: Variables = process.env, given: Variables = {}): Config {
  const env = { ...environment, ...given };
  const problems = unknownVariables(env);
  const input = Object.fromEntries(settings.map((setting) => [setting.key, readSetting(env, setting, problems)]));
  const parsed = settingsSchema.safeParse(input);
  for (const issue of parsed.error?.issues ?? []) {
    const setting = settings.find(({ key }) => key === issue.path[0])!;
    const value = input[setting.key];
    const given = value === undefined ? 'is not set' : setting.secret ? 'is not well-formed' : `is ${JSON.stringify(value)}`;
    const why = issue.code === 'custom' && issue.message !== 'Invalid input' ? ` (${issue.message})` : '';
    const problem = `${setting.variable} ${given}${why}; it must be ${setting.allowed}.`;
    if (!problems.includes(problem)) problems.push(problem);
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(parsed.data);
}

function unknownVariables(env: Variables): string[] {
  const known = settings.flatMap(({ variable, fileVariable }) => (fileVariable ? [variable, fileVariable] : [variable]));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => `${name} is not a setting; the nearest one is ${nearest(name, known)}.`);
}

function readSetting(env: Variables, { variable, fileVariable }: SettingDescription, problems: string[]): string | undefined {
  const value = env[variable] || undefined;
  const file = fileVariable && env[fileVariable];
  if (!file) return value;
  if (value !== undefined) {
    problems.push(`${variable} and ${fileVariable} are both set; only one of them can be.`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = (error as { readonly code?: string }).code ?? 'unknown';
    problems.push(
      `${fileVariable} is ${JSON.stringify(file)}, which cannot be read (${reason}); it must be the path of a readable file.`,
    );
    return undefined;
  }
}

/** The configuration in effect by variable, to be printed or logged: secrets only as set or not set. */
export function printableConfig(config: Config): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    settings.map(({ key, variable }) => {
      const value = config[key];
      return [variable, value instanceof Secret ? '<set>' : (value ?? '<not set>')];
    }),
  );
}
