import { GreetResult } from "./gen/example-greeter/greetings";

export function greet(name: string): GreetResult {
  if (name.length == 0) return GreetResult.err("a name is needed");
  return GreetResult.ok(`Hello, ${name}!`);
}
