// Environment variables and arguments that the plugin was granted.
import { getArguments, getEnvironment } from "../wasi-cli/environment";

/** The variable's value, or null if it is not set or not granted. */
export function get(name: string): string | null {
  const variables = getEnvironment();
  for (let i = 0; i < variables.length; i++) if (variables[i]._0 == name) return variables[i]._1;
  return null;
}

/** Every variable that was granted. */
export function all(): Map<string, string> {
  const variables = getEnvironment(), map = new Map<string, string>();
  for (let i = 0; i < variables.length; i++) map.set(variables[i]._0, variables[i]._1);
  return map;
}

/** The arguments that the host passes. */
export function args(): string[] {
  return getArguments();
}
