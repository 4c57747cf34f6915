export function echo(value: string): string {
  return value;
}
