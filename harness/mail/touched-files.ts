/** Files that the diff in a mail touches, each once, in their order there; none if there is no diff. */
export function touchedFiles(body: string): string[] {
  const files = new Set<string>();
  for (const line of body.split('\n')) {
    const match = /^(?:diff --git a\/\S+ b|\+\+\+ b|--- a)\/(\S+)\s*$/.exec(line);
    if (match !== null) files.add(match[1]!);
  }
  return [...files];
}
