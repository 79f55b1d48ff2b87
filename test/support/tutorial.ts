// Reads a tutorial as its readers do: commands in order, values taken from answers, answers as shown.

export interface Step {
  /** As written, with its `NAME=…` lines. */
  readonly commands: string;
  /** The answer that the page shows; undefined where it shows none. */
  readonly shown: unknown;
}

/** The shell blocks of a page, each with the JSON block that follows it before the next one. */
export function stepsOf(page: string): Step[] {
  const blocks = [...page.matchAll(/^```(sh|json)\n(.*?)^```/gms)].map(([, language, text]) => ({ language, text: text! }));
  return blocks.flatMap((block, i) => {
    if (block.language !== 'sh') return [];
    const next = blocks[i + 1];
    return [{ commands: block.text, shown: next?.language === 'json' ? (JSON.parse(next.text) as unknown) : undefined }];
  });
}

/** Fills in what the reader takes from elsewhere: `NAME=…   # where to find it`. */
export function filledIn(commands: string, find: (name: string, where: string) => string): string {
  return commands.replace(/^(\w+)=\S+ {3}# (.+)$/gm, (_line, name: string, where: string) => `${name}='${find(name, where)}'`);
}

/** The member of an answer that a dotted path names. @throws Error where it is no text. */
export function memberOf(answer: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], answer);
  if (typeof value !== 'string') throw new Error(`the answer has no text at ${path}: ${JSON.stringify(answer)}`);
  return value;
}

/** What of an answer is not as shown. `…` in a text stands for anything, as the name of a member for further ones. */
export function differences(shown: unknown, answer: unknown, path = 'answer'): string[] {
  if (typeof shown === 'string' && shown.includes('…'))
    return matches(shown, answer) ? [] : [`${path} is ${JSON.stringify(answer)}`];
  if (typeof shown !== 'object' || shown === null) return shown === answer ? [] : [`${path} is ${JSON.stringify(answer)}`];
  if (typeof answer !== 'object' || answer === null) return [`${path} is ${JSON.stringify(answer)}`];
  const names = Object.keys(shown).filter((name) => name !== '…');
  const more = Object.keys(answer).filter((name) => !names.includes(name));
  const inner = names.flatMap((name) =>
    differences((shown as Record<string, unknown>)[name], (answer as Record<string, unknown>)[name], `${path}.${name}`),
  );
  return '…' in shown ? inner : [...inner, ...more.map((name) => `${path} also has ${name}`)];
}

function matches(shown: string, answer: unknown): boolean {
  const [before, after] = shown.split('…') as [string, string];
  return typeof answer === 'string' && answer.startsWith(before) && answer.endsWith(after);
}
