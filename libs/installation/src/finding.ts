/** What the doctor has found about one thing. */
export interface Finding {
  /** The thing: a file, `disk`, `clock`, `keys`, `view licenses` … */
  readonly about: string;
  /** `problem`: something is wrong now. `warning`: something will go wrong, or is worth a look. */
  readonly state: 'sound' | 'warning' | 'problem';
  readonly says: string;
  /** What to do about it; null where nothing is to be done. */
  readonly todo: string | null;
}

export function sound(about: string, says: string): Finding {
  return { about, state: 'sound', says, todo: null };
}

export function warning(about: string, says: string, todo: string): Finding {
  return { about, state: 'warning', says, todo };
}

export function problem(about: string, says: string, todo: string): Finding {
  return { about, state: 'problem', says, todo };
}
