/** How far the view that is furthest behind is behind the log, in seconds, as the server says it itself. */
export async function lagOf(url: string): Promise<number> {
  const { views } = (await (await fetch(`${url}/health/ready`)).json()) as { views: { lagSeconds: number }[] };
  return Math.max(...views.map(({ lagSeconds }) => lagSeconds));
}
