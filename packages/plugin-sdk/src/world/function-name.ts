/** What kind of function a name of the component model stands for (Explainer.md, "plainname"). */
export type FunctionName =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'constructor'; readonly resource: string }
  | { readonly kind: 'method' | 'static'; readonly resource: string; readonly name: string }

/** `[method]descriptor.read` → method `read` of `descriptor`. */
export function parseFunctionName(name: string): FunctionName {
  const match = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name)
  if (match === null) return { kind: 'function', name }
  const [, kind, resource = '', member = ''] = match
  if (kind === 'constructor') return { kind, resource }
  return { kind: kind as 'method' | 'static', resource, name: member }
}
