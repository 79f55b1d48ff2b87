// Markdown of the generated pages.

/** What stands at the top of every generated page. */
export function page(title: string, about: string, sections: readonly string[]): string {
  const note = '<!-- Generated from the code by `npm run docs`: change the code, not this page. -->';
  return [`# ${title}`, note, about, ...sections].join('\n\n') + '\n';
}

/** A table; cells may hold any text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function code(text: string): string {
  return `\`${text}\``;
}
