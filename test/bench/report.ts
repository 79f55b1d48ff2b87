// What was measured, against what was set as the target.

export interface Figures {
  readonly appendRatio: number;
  readonly appendsPerSecond: number;
  readonly appendP99Ms: number;
  readonly activationRatio: number;
  readonly activationP99Ms: number;
  readonly validationRatio: number;
  readonly listRatio: number;
  readonly listP99Growth: number;
  readonly rebuildEventsPerSecond: number;
  readonly visibleP99Ms: number;
  readonly sessionQueryRatio: number;
  readonly loginMs: number;
  readonly loginsPerSecond: number;
  readonly permissionCheckUs: number;
  readonly rssMiB: number;
  readonly startMs: number;
}

interface Target {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const TARGETS: { readonly [K in keyof Figures]: Target } = {
  appendRatio: { what: 'durable appends, of bare commits of 64', atLeast: 0.5 },
  appendsPerSecond: { what: 'durable appends per second', atLeast: 10_000 },
  appendP99Ms: { what: 'durable append, p99 in ms', atMost: 25 },
  activationRatio: { what: 'activations over HTTP, of an empty POST', atLeast: 0.25 },
  activationP99Ms: { what: 'activation over HTTP, p99 in ms', atMost: 50 },
  validationRatio: { what: 'validations over HTTP, of an empty POST', atLeast: 0.6 },
  listRatio: { what: 'pages of licenses, of an empty GET', atLeast: 0.3 },
  listP99Growth: { what: "page p99, all licenses against the organization's alone", atMost: 1.2 },
  rebuildEventsPerSecond: { what: 'rebuild of the license list, events per second', atLeast: 50_000 },
  visibleP99Ms: { what: 'write to visible, p99 in ms', atMost: 20 },
  sessionQueryRatio: { what: 'pages of licenses in a session, of the same by a token', atLeast: 0.8 },
  loginMs: { what: 'login by password, p50 in ms' },
  loginsPerSecond: { what: 'logins by password per second' },
  permissionCheckUs: { what: 'permissions of a person, µs a request', atMost: 50 },
  rssMiB: { what: 'memory of the server, MiB', atMost: 400 },
  startMs: { what: 'start to ready, ms', atMost: 2_000 },
};

function isMet(value: number, { atLeast, atMost }: Target): boolean {
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}

/** What is wanted, and whether it is met; of a figure without a target, nothing. */
function judged(value: number, target: Target): [string, string] {
  const { atLeast, atMost } = target;
  if (atLeast === undefined && atMost === undefined) return ['', ''];
  const wanted = atLeast === undefined ? `≤ ${shown(atMost!)}` : `≥ ${shown(atLeast)}`;
  return [wanted, isMet(value, target) ? 'met' : 'MISSED'];
}

/** A line per figure: measured, target, and whether it is met. */
export function tableOf(figures: Figures): string {
  const rows = Object.entries(TARGETS).map(([key, target]) => {
    const value = figures[key as keyof Figures];
    return [target.what, shown(value), ...judged(value, target)];
  });
  const table = [['what', 'measured', 'target', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

/** Rounded to what the measurement can tell. */
export function jsonOf(figures: Figures): string {
  const rounded = Object.entries(figures).map(([key, value]: [string, number]) => [key, Number(value.toPrecision(4))]);
  return JSON.stringify(Object.fromEntries(rounded));
}
