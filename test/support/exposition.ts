// Reads the Prometheus text format (exposition formats, version 0.0.4), and is strict about it.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/** The families of an exposition, by name. @throws Error that quotes what breaks the format. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  let current: (Family & { samples: Sample[] }) | undefined;
  for (const line of text.split('\n').filter(Boolean)) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') helps.set(name, rest);
    else if (keyword === 'TYPE') {
      if (!NAME.test(name) || !(rest in SUFFIXES) || families.has(name)) throw new Error(`no type of a new metric: ${line}`);
      current = { name, type: rest, help: helps.get(name) ?? '', samples: [] };
      families.set(name, current);
    } else {
      const sample = parseSample(line);
      if (!current || !SUFFIXES[current.type]!.some((suffix) => sample.name === current!.name + suffix))
        throw new Error(`a sample outside of its family: ${line}`);
      const key = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(key)) throw new Error(`a sample twice: ${line}`);
      seen.add(key);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  const value = match?.[3] === '+Inf' ? Infinity : Number(match?.[3]);
  if (!match || (Number.isNaN(value) && match[3] !== 'Nan')) throw new Error(`no sample: ${line}`);
  return { name: match[1]!, labels: parseLabels(match[2] ?? '', line), value };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < text.length;) {
    const match = LABEL.exec(text);
    if (!match || match[1]! in labels) throw new Error(`no labels: ${line}`);
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}

/** Buckets grow, and the last of them, +Inf, is the count. */
function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    const growing = buckets.every(({ value }, i) => i === 0 || (value >= buckets[i - 1]!.value && bounds[i]! > bounds[i - 1]!));
    const count = all.find((sample) => sample.name === `${name}_count`)?.value;
    if (!growing || bounds.at(-1) !== Infinity || buckets.at(-1)!.value !== count)
      throw new Error(`no histogram: ${name} ${key}`);
  }
}
